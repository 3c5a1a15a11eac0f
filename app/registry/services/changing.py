"""What is to be changed in one initiative, cells gathered by sheet and row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.errors import AppError, InvalidError
from app.registry.engine.current import Identity, Names
from app.registry.engine.differences import Difference, State
from app.registry.engine.layout import SHEETS, Column, Sheet
from app.values.money import CURRENCY_DIGITS

Place = tuple[str, Identity, str]
"""A sheet's name, a row and a column."""

_BY_NAME = {one.name: one for one in SHEETS}


@dataclass(slots=True)
class RowChange:
    """Cells of one row; ``is_new``: the row is to be added, ``is_gone``: it is to be removed."""

    sheet: Sheet
    identity: Identity
    cells: dict[str, Difference] = field(default_factory=dict)
    is_gone: bool = False

    @property
    def is_new(self) -> bool:
        return any(one.state is State.ADDED for one in self.cells.values())

    @property
    def read_cells(self) -> list[tuple[Column, Difference]]:
        """The cells that do not name the row."""
        return [
            (column, one)
            for name, one in self.cells.items()
            if (column := self.sheet.column(name)).is_read
        ]


@dataclass(slots=True)
class Change:
    """Everything that is to be changed in one initiative, by sheet and row."""

    key: str
    rows: dict[str, dict[Identity, RowChange]] = field(default_factory=dict)

    def of(self, sheet: Sheet) -> list[RowChange]:
        return list(self.rows.get(sheet.name, {}).values())

    def row(self, sheet: str, identity: Identity) -> RowChange:
        rows = self.rows.setdefault(sheet, {})
        return rows.setdefault(identity, RowChange(_BY_NAME[sheet], identity))

    @property
    def is_new(self) -> bool:
        return any(one.is_new for one in self.of(_BY_NAME["Initiatives"]))


def gathered(
    cells: Iterable[Difference], removals: Collection[tuple[str, Identity]] = ()
) -> dict[str, Change]:
    """The cells by initiative, new ones first so that others can be linked with them."""
    changes: dict[str, Change] = {}
    for one in cells:
        change = changes.setdefault(one.initiative, Change(one.initiative))
        change.row(one.sheet, one.identity).cells[one.column] = one
    for sheet, identity in removals:
        change = changes.setdefault(identity[0], Change(identity[0]))
        change.row(sheet, identity).is_gone = True
    return dict(sorted(changes.items(), key=lambda pair: not pair[1].is_new))


class CellRefusedError(ValueError):
    """A value that no field can take."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


def field_values(row: RowChange, names: Names, currency: str) -> dict[str, Any]:
    """The row's cells as the fields of its draft."""
    return {
        column.name: field_value(column, one, names, currency) for column, one in row.read_cells
    }


def field_value(column: Column, one: Difference, names: Names, currency: str) -> Any:
    """A cell's value with ids for names and minor units for money. Raises CellRefusedError."""
    if one.value is None:
        return None
    if column.words is not None and column.words.value != "flag":
        return names.value(column.words, one.new)
    if column.is_money and isinstance(one.value, Decimal) and column.kind.value == "money":
        minor = one.value.scaleb(CURRENCY_DIGITS[currency])
        if minor != minor.to_integral_value():
            raise CellRefusedError(
                (one.sheet, one.identity, one.column),
                f"This is finer than the smallest unit of {currency}.",
            )
        return int(minor)
    return one.value


@dataclass(slots=True)
class Faults:
    """Why some of it can't be saved: an address and a sentence for each."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def take(
        self, error: AppError, cells: Collection[Difference], places: Mapping[str, Place]
    ) -> None:
        """Say a service's refusal at the cells it is about, else at the first of them."""
        named = error.fields if isinstance(error, InvalidError) else {}
        if not named:
            named = {error.field or "": error.message}
        for name, message in named.items():
            self.at(places.get(name), cells, message)

    def at(self, place: Place | None, cells: Collection[Difference], message: str) -> None:
        at = _address(place, cells)
        if (at, message) not in self.found:
            self.found.append((at, message))


def _address(place: Place | None, cells: Collection[Difference]) -> str:
    """The cell's own address where it is among those changed, else that of one in its row."""
    if place is not None:
        same_row = [one for one in cells if (one.sheet, one.identity) == place[:2]]
        exact = next((one for one in same_row if one.column == place[2]), None)
        if exact or same_row:
            return (exact or same_row[0]).address
    return next((one.address for one in cells), "")


@dataclass(slots=True)
class Applied:
    """What came of it: faults by address, the keys and numbers of what was added, versions."""

    faults: Faults = field(default_factory=Faults)
    keys: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[str, Identity], str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What every change is made with."""

    session: Session
    names: Names
    actor: Person
    now: datetime

    @property
    def saving(self) -> dict[str, Any]:
        """The caller has compared versions already, inside the same transaction."""
        return {"expected_version": None, "actor": self.actor, "now": self.now}
