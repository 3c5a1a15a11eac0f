"""Arrange the registry: filters, columns and rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.accounts.models import Person
from app.initiatives.queries import (
    ORDERS,
    LineFigures,
    RegistryChoices,
    RegistryFilter,
    RegistryLine,
)
from app.initiatives.rules import (
    FIELDS,
    REGISTRY_COLUMNS,
    InitiativeState,
    Lens,
    RegistryColumn,
    chosen_columns,
    columns_text,
    tone_of,
)
from app.initiatives.services import edit_bar
from app.values.money import Money
from app.values.quarter import Quarter

_ARGS = ("q", "state", "journey", "unit", "lens", "owner", "cycle", "sort", "layout")
_NO_FILTERS = frozenset({"sort", "layout", "columns", "view"})
COLUMNS_ARG = "columns"
VIEW_ARG = "view"
MATRIX = "matrix"


@dataclass(frozen=True, slots=True)
class RegistryView:
    """What the address asks for; nonsense in it counts as not asked."""

    wanted: RegistryFilter
    order: str
    args: Mapping[str, str]
    columns: Sequence[RegistryColumn]
    saved_id: int | None = None

    @property
    def query(self) -> str:
        """The filters, order and columns as an address says them, to be kept."""
        return urlencode(self.without(VIEW_ARG))

    @property
    def place(self) -> dict[str, Any]:
        """The same, to build an address with."""
        return dict(self.args)

    @property
    def is_matrix(self) -> bool:
        """Whether the initiatives are drawn and not listed."""
        return self.args.get("layout") == MATRIX

    @property
    def is_filtered(self) -> bool:
        return bool(self.args.keys() - _NO_FILTERS)

    @property
    def shows_unit(self) -> bool:
        """Whether the unit stands below the title, as it has no column of its own."""
        return all(one.name != "unit" for one in self.columns)

    @property
    def besides_filters(self) -> dict[str, str]:
        """What the address says besides filters."""
        return {name: value for name, value in self.args.items() if name in _NO_FILTERS}

    def without(self, *names: str) -> dict[str, str]:
        """What the address says but for some of it, for a form that says that itself."""
        return {name: value for name, value in self.args.items() if name not in names}


def read_view(args: MultiDict[str, str]) -> RegistryView:
    """Read filter, order and columns from an address."""
    kept = {name: value.strip()[:200] for name in _ARGS if (value := args.get(name, "")).strip()}
    if kept.get("layout") != MATRIX:
        kept.pop("layout", None)
    state, lens = kept.get("state", ""), kept.get("lens", "")
    order = kept.get("sort", "key")
    wanted = RegistryFilter(
        state=InitiativeState(state) if state in {one.value for one in InitiativeState} else None,
        journey=kept.get("journey", ""),
        unit=kept.get("unit", ""),
        lens=Lens(lens) if lens in {one.value for one in Lens} else None,
        owner_id=_id(kept.get("owner")),
        cycle_id=_id(kept.get("cycle")),
        text=kept.get("q", ""),
    )
    columns = chosen_columns(args.getlist(COLUMNS_ARG))
    if said := columns_text(columns):
        kept[COLUMNS_ARG] = said
    saved_id = _id(args.get(VIEW_ARG))
    if saved_id is not None:
        kept[VIEW_ARG] = str(saved_id)
    is_known = order.removeprefix("-") in ORDERS
    return RegistryView(wanted, order if is_known else "key", kept, columns, saved_id)


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head: where its link leads and which way it sorts now."""

    name: str
    label: str
    args: Mapping[str, str] | None
    direction: str | None
    is_numeric: bool
    edits: bool = False


def columns(view: RegistryView) -> list[Column]:
    """The heads of the table; choosing the one that sorts turns it round."""
    return [
        Column(
            one.name,
            one.label,
            _sorted(view, one) if one.sorts else None,
            _direction(view, one.name),
            one.is_numeric,
            one.name in FIELDS,
        )
        for one in view.columns
    ]


def _sorted(view: RegistryView, column: RegistryColumn) -> dict[str, str]:
    name = column.name
    first, second = (f"-{name}", name) if column.falls_first else (name, f"-{name}")
    return view.without("sort") | {"sort": second if view.order == first else first}


def _direction(view: RegistryView, name: str) -> str | None:
    if view.order.removeprefix("-") != name:
        return None
    return "descending" if view.order.startswith("-") else "ascending"


@dataclass(frozen=True, slots=True)
class Row:
    """One initiative as the table shows it; ``lock``: why the reader can't change it."""

    id: int
    key: str
    title: str
    journey: str | None
    journey_key: str | None
    unit: str
    lens: str
    owner: str
    sponsor: str | None
    cycle: str | None
    start: Quarter
    changed_at: datetime
    state: str
    tone: str
    cost: Money
    value: Money | None
    is_declared: bool
    next_step: str
    flag: str | None
    stands_on: Sequence[str]
    lock: str | None


def rows(
    lines: Sequence[RegistryLine],
    figures: Mapping[int, LineFigures],
    journeys: Mapping[int, Sequence[str]],
    reader: Person,
) -> list[Row]:
    """The lines with their figures, in the same order; ``journeys``: keys of those under each."""
    return [
        _row(line, figures[line.id], journeys.get(line.id, ()), edit_bar(reader, line))
        for line in lines
    ]


def _row(
    line: RegistryLine, figures: LineFigures, journeys: Sequence[str], lock: str | None
) -> Row:
    return Row(
        id=line.id,
        key=line.key,
        title=line.title,
        journey=line.journey,
        journey_key=line.journey_key,
        unit=line.unit,
        lens=line.lens.word,
        owner=line.owner,
        sponsor=line.sponsor,
        cycle=line.cycle,
        start=line.planned_start,
        changed_at=line.changed_at,
        state=line.state.word,
        tone=tone_of(line.state),
        cost=line.cost,
        value=figures.value,
        is_declared=figures.is_declared,
        next_step=figures.next_step,
        flag=figures.flag,
        stands_on=journeys,
        lock=lock,
    )


def filter_options(choices: RegistryChoices) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, “all” first."""
    return {
        "state": [("", "All states"), *((one.value, one.word) for one in InitiativeState)],
        "journey": [("", "All journeys"), *choices.journeys],
        "unit": [("", "All units"), *choices.units],
        "lens": [("", "All"), *((one.value, one.word) for one in Lens)],
        "owner": [("", "Everybody"), *choices.owners],
        "cycle": [("", "All cycles"), *choices.cycles],
    }


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column as the menu of columns offers it."""

    name: str
    label: str
    is_shown: bool
    is_fixed: bool


def column_choices(view: RegistryView) -> list[ColumnChoice]:
    """Every column there is, and whether it is shown."""
    return [
        ColumnChoice(one.name, one.label, one in view.columns, one.is_fixed)
        for one in REGISTRY_COLUMNS
    ]


FILTER_NAMES = {
    "q": "Words", "state": "State", "journey": "Journey", "unit": "Organisation unit",
    "lens": "Mainly changes", "owner": "Owner", "cycle": "Cycle",
}  # fmt: skip


def view_words(
    view: RegistryView, options: Mapping[str, Sequence[tuple[str, str]]]
) -> dict[str, str]:
    """What is filtered and sorted by, in words; a value that is no choice any more as it stands."""
    said = {
        label: dict(options.get(name, ())).get(view.args[name], view.args[name])
        for name, label in FILTER_NAMES.items()
        if name in view.args
    }
    by = next(
        (one.label for one in REGISTRY_COLUMNS if one.name == view.order.removeprefix("-")), "Key"
    )
    return said | {"Sorted by": by + (", falling" if view.order.startswith("-") else "")}


def with_column(shown: Sequence[Column], name: str | None) -> list[Column]:
    """The heads with that of the column somebody edits, should it not be among them."""
    if name is None or any(one.name == name for one in shown):
        return list(shown)
    label = next(one.label for one in REGISTRY_COLUMNS if one.name == name)
    return [*shown, Column(name, label, None, None, is_numeric=False, edits=True)]
