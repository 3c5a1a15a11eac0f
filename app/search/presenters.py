"""What was found, in groups, each with the addresses its lines lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from app.search.queries import Found, Hit, Kind
from app.search.rules import MOST, Asked, Nearness, Place, nearness

Address = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was found: what it is called, where it leads, a note, its glyph."""

    name: str
    href: str
    note: str
    glyph: str
    key: str = ""

    @property
    def title(self) -> str:
        """The name as a page says it that has no column for keys."""
        return f"{self.key} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one sort, the nearest first; ``more`` leads to all of them where there are more."""

    title: str
    lines: tuple[Line, ...]
    near: Nearness
    more: str = ""


class Sort(NamedTuple):
    """How things of a kind show: the group's title, glyph, endpoint and its argument."""

    title: str
    glyph: str
    endpoint: str
    argument: str


SORTS = {
    Kind.INITIATIVE: Sort("Initiatives", "table-2", "initiatives.show", "key"),
    Kind.JOURNEY: Sort("Journeys", "map", "journeys.show", "key"),
    Kind.CYCLE: Sort("Cycles", "calendar", "calendar.show", "cycle_id"),
    Kind.SCENARIO: Sort("Scenarios", "sliders-horizontal", "portfolio.scenario", "scenario_id"),
    Kind.RUN: Sort("Runs", "play", "portfolio.run", "run_id"),
    Kind.PROPOSAL: Sort("Proposals", "lock", "approvals.show", "proposal_id"),
    Kind.PLAN: Sort("Plan versions", "history", "roadmap.version", "version_id"),
    Kind.HURDLE: Sort("Hurdles", "flag", "roadmap.gate", "tranche_id"),
    Kind.PERSON: Sort("People", "user", "accounts.person", "person_id"),
}


def groups(
    text: str, asked: Asked, found: Found, places: dict[str, list[Place]], address: Address
) -> list[Group]:
    """All that was found, the group with the nearest line first.

    ``places``: pages and actions by their group's title; ``address`` makes an address of an
    endpoint and its arguments.
    """
    made = [_group_of_places(title, some, asked, address) for title, some in places.items()]
    made += [_group_of_hits(text, kind, found[kind], address) for kind in Kind if kind in found]
    # Sorting keeps the order above where groups come equally near.
    return sorted((group for group in made if group.lines), key=lambda group: group.near)


def _group_of_places(title: str, places: Iterable[Place], asked: Asked, address: Address) -> Group:
    near = [(nearness(place.name, asked, place.also), place) for place in places]
    hits = sorted(
        ((how, place) for how, place in near if how is not None), key=lambda pair: pair[0]
    )
    # Without words all are shown: that is what somebody asks who opens the search.
    shown = hits[:MOST] if asked.words else hits
    lines = tuple(Line(one.name, address(one.endpoint), "", one.glyph) for _, one in shown)
    return Group(title, lines, hits[0][0] if hits else Nearness.ELSEWHERE)


def _group_of_hits(text: str, kind: Kind, hits: list[Hit], address: Address) -> Group:
    sort = SORTS[kind]
    lines = tuple(
        Line(
            hit.name,
            address(sort.endpoint, **{sort.argument: hit.ref}),
            hit.note,
            sort.glyph,
            hit.ref if kind is Kind.INITIATIVE else "",
        )
        for hit in hits[:MOST]
    )
    is_cut = kind is Kind.INITIATIVE and len(hits) > MOST
    more = address("initiatives.index", q=text) if is_cut else ""
    return Group(sort.title, lines, hits[0].near if hits else Nearness.ELSEWHERE, more)
