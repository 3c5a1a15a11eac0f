"""What an initiative needs and what needs it, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.roadmap.queries.links import Link
from app.web.filters import counted


@dataclass(frozen=True, slots=True)
class Linked:
    """The dependencies of one initiative by its id, both ways."""

    id: int = 0
    needs: tuple[Link, ...] = ()
    needed_by: tuple[Link, ...] = ()

    @property
    def words(self) -> str:
        """Both ways by key, empty where it stands alone."""
        parts = []
        if self.needs:
            parts.append(f"needs {_listed([one.needed.key for one in self.needs])}")
        if self.needed_by:
            parts.append(f"needed by {_listed([one.dependant.key for one in self.needed_by])}")
        return ", ".join(parts)


ALONE = Linked()


def linked_by_key(links: Iterable[Link]) -> Mapping[str, Linked]:
    """What needs and is needed, by the key of each initiative that does or is."""
    needs: dict[str, list[Link]] = {}
    needed_by: dict[str, list[Link]] = {}
    ids: dict[str, int] = {}
    for link in links:
        needs.setdefault(link.dependant.key, []).append(link)
        needed_by.setdefault(link.needed.key, []).append(link)
        ids |= {link.dependant.key: link.dependant.id, link.needed.key: link.needed.id}
    return {
        key: Linked(id_, tuple(needs.get(key, ())), tuple(needed_by.get(key, ())))
        for key, id_ in ids.items()
    }


def need_words(link: Link) -> str:
    """What is needed, and how long before."""
    how = f"at least {_quarters(link)} before" if link.lag_quarters else "no later"
    return f"Needs {link.needed.key} {link.needed.title}, to start {how}"


def needed_words(link: Link) -> str:
    """What needs it, and how long before."""
    how = f"at least {_quarters(link)} after" if link.lag_quarters else "no earlier"
    return f"Needed by {link.dependant.key} {link.dependant.title}, to start {how}"


def _quarters(link: Link) -> str:
    return counted(link.lag_quarters, "quarter")


def _listed(keys: Sequence[str]) -> str:
    return keys[0] if len(keys) == 1 else f"{', '.join(keys[:-1])} and {keys[-1]}"
