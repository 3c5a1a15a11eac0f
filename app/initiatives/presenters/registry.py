"""Arrange the registry: filters, columns and rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from app.initiatives.queries import (
    SORTS,
    LineFigures,
    RegistryChoices,
    RegistryFilter,
    RegistryLine,
)
from app.initiatives.rules import InitiativeState, Lens, tone_of
from app.values.money import Money

_COLUMNS = (
    ("key", "Key", False),
    ("title", "Initiative", False),
    ("journey", "Journey", False),
    ("owner", "Owner", False),
    ("state", "State", False),
    ("cost", "Cost", True),
    ("", "Standalone value", True),
    ("", "Next step", False),
)
_DESCENDING_FIRST = {"cost", "changed"}


@dataclass(frozen=True, slots=True)
class RegistryView:
    """What the address asks for; nonsense in it counts as not asked."""

    wanted: RegistryFilter
    order: str
    args: Mapping[str, str]

    @property
    def is_filtered(self) -> bool:
        return bool(self.args.keys() - {"sort"})


def read_view(args: MultiDict[str, str]) -> RegistryView:
    """Read filter and order from an address."""
    kept = {
        name: value.strip()[:200]
        for name in ("q", "state", "journey", "unit", "lens", "owner", "cycle", "sort")
        if (value := args.get(name, "")).strip()
    }
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
    return RegistryView(wanted, order if order.removeprefix("-") in SORTS else "key", kept)


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head: where its link leads and which way it sorts now."""

    label: str
    args: Mapping[str, str] | None
    direction: str | None
    is_numeric: bool


def columns(view: RegistryView) -> list[Column]:
    """The heads of the table; choosing the one that sorts turns it round."""
    return [
        Column(label, _sorted(view, name) if name else None, _direction(view, name), numeric)
        for name, label, numeric in _COLUMNS
    ]


def _sorted(view: RegistryView, name: str) -> dict[str, str]:
    rest = {key: value for key, value in view.args.items() if key != "sort"}
    first, second = (f"-{name}", name) if name in _DESCENDING_FIRST else (name, f"-{name}")
    return rest | {"sort": second if view.order == first else first}


def _direction(view: RegistryView, name: str) -> str | None:
    if not name or view.order.removeprefix("-") != name:
        return None
    return "descending" if view.order.startswith("-") else "ascending"


@dataclass(frozen=True, slots=True)
class Row:
    """One initiative as the table shows it."""

    key: str
    title: str
    journey: str | None
    journey_key: str | None
    unit: str
    owner: str
    state: str
    tone: str
    cost: Money
    value: Money | None
    is_declared: bool
    next_step: str
    flag: str | None
    stands_on: Sequence[str]


def rows(
    lines: Sequence[RegistryLine],
    figures: Mapping[int, LineFigures],
    journeys: Mapping[int, Sequence[str]],
) -> list[Row]:
    """The lines with their figures, in the same order; ``journeys``: keys of those under each."""
    return [_row(line, figures[line.id], journeys.get(line.id, ())) for line in lines]


def _row(line: RegistryLine, figures: LineFigures, journeys: Sequence[str]) -> Row:
    return Row(
        key=line.key,
        title=line.title,
        journey=line.journey,
        journey_key=line.journey_key,
        unit=line.unit,
        owner=line.owner,
        state=line.state.word,
        tone=tone_of(line.state),
        cost=line.cost,
        value=figures.value,
        is_declared=figures.is_declared,
        next_step=figures.next_step,
        flag=figures.flag,
        stands_on=journeys,
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
