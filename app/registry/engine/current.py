"""The registry as its workbook shows it: rows of text by sheet and identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.registry.engine.layout import EXCLUDES, LINKS, Sheet, Words
from app.registry.engine.values import digest

Identity = tuple[str, ...]
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Head:
    """What has to be known of an initiative: ``lock`` is why it stays as it is, if it does.

    ``cost`` in whole units.
    """

    id: int
    key: str
    title: str
    version: int
    currency: str
    lock: str
    cost: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Names:
    """What stands in dropdowns: everything known by its label, and what may still be chosen."""

    known: Mapping[Words, Mapping[str, object]]
    offered: Mapping[Words, tuple[str, ...]]

    def find(self, words: Words, label: str) -> str | None:
        """The label as it is written here; capitals do not count."""
        known = self.known[words]
        if label in known:
            return label
        folded = label.casefold()
        return next((one for one in known if one.casefold() == folded), None)

    def value(self, words: Words, label: str) -> object:
        return self.known[words][label]


def labelled(rows: Iterable[tuple[object, str]]) -> dict[object, str]:
    """A label for each id; of several with one name all say their number."""
    named = list(rows)
    names = [name for _, name in named]
    return {id_: name if names.count(name) == 1 else f"{name} (no. {id_})" for id_, name in named}


@dataclass(frozen=True, slots=True)
class Current:
    """Everything in the registry now, by sheet; cells that are empty are left out."""

    heads: Mapping[str, Head]
    rows: Mapping[str, Mapping[Identity, Cells]]
    names: Names
    told: Mapping[str, Cells] = field(default_factory=dict)

    def row(self, sheet: Sheet, identity: Identity) -> Cells | None:
        return self.rows.get(sheet.name, {}).get(identity)

    def mirrored(self, sheet: Sheet, identity: Identity) -> Identity:
        """What excludes stands once; read from the other side it is the same link."""
        if sheet.name == LINKS.name and identity not in self.rows.get(sheet.name, {}):
            key, kind, other = identity
            turned = (other, kind, key)
            if kind == EXCLUDES and self.row(sheet, turned) is not None:
                return turned
        return identity


def row_mark(sheet: str, identity: Identity) -> str:
    """The sign by which a file remembers that a row was in it."""
    return digest("|".join((sheet, *identity)))
