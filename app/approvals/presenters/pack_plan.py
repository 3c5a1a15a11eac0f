"""The frozen plan over time: a bar an item and its hurdles, placed for a page of a board pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.approvals.presenters.proposal import ItemLine, ProposalView
from app.values.quarter import Quarter
from app.values.written import day_words
from app.web.filters import counted, money
from app.web.filters import quarter as quarter_words


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One item; x and w are per cent of the whole time, marks stand on the days of hurdles."""

    item: ItemLine
    x: float
    w: float
    marks: Sequence[Mapping[str, Any]]
    first: Quarter
    last: Quarter

    @property
    def spoken(self) -> str:
        """The bar in words."""
        words = f"{self.item.frozen.key} from {quarter_words(self.first)} to"
        hurdles = "; ".join(str(one["title"]) for one in self.marks) or "no hurdle"
        return f"{words} {quarter_words(self.last)}: {hurdles}"


@dataclass(frozen=True, slots=True)
class PlanChart:
    """All rows under one axis. ``says`` is the one conclusion."""

    ticks: Sequence[Mapping[str, Any]]
    rows: Sequence[PlanRow]
    says: str


def plan_chart(view: ProposalView) -> PlanChart | None:
    """The items that remain, the earliest first; None where none does."""
    kept = [item for item in view.items if not item.is_struck]
    if not kept:
        return None
    spans = {item.id: _span(item) for item in kept}
    first = min(start for start, _ in spans.values())
    last = max(end for _, end in spans.values())
    axis = _Axis(first, last - first + 1)
    order = sorted(kept, key=lambda one: (*spans[one.id], one.frozen.key))
    rows = [_row(item, *spans[item.id], axis) for item in order]
    return PlanChart(ticks=axis.ticks(), rows=rows, says=_says(view, kept))


@dataclass(frozen=True, slots=True)
class _Axis:
    first: Quarter
    count: int

    def at(self, day: date) -> float:
        """Where a day lies; each quarter is as wide as every other."""
        quarter = Quarter.containing(day)
        length = (quarter.last_day - quarter.first_day).days + 1
        inside = (day - quarter.first_day).days / length
        return self.edge(quarter - self.first + inside)

    def edge(self, quarters: float) -> float:
        return round(100 * quarters / self.count, 2)

    def ticks(self) -> list[Mapping[str, Any]]:
        """A line a quarter; a year is named where it begins."""
        found: list[Mapping[str, Any]] = []
        for n in range(self.count):
            year, _, number = str(self.first + n).partition("-")
            found.append(
                {
                    "x": self.edge(n),
                    "label": number if self.count <= 24 or number == "Q1" else "",
                    "year": year if n == 0 or number == "Q1" else "",
                }
            )
        return found


def _span(item: ItemLine) -> tuple[Quarter, Quarter]:
    """From the start to the last quarter with money or a hurdle."""
    ends = [Quarter.parse(one.quarter) for one in item.frozen.spend]
    ends += [Quarter.containing(one.due_on) for one in item.frozen.milestones]
    return item.start, max([item.start, *ends])


def _row(item: ItemLine, first: Quarter, last: Quarter, axis: _Axis) -> PlanRow:
    x = axis.edge(first - axis.first)
    marks = [
        {
            "x": axis.at(one.due_on),
            "title": f"{one.name} on {day_words(one.due_on)}",
        }
        for one in item.frozen.milestones
    ]
    return PlanRow(item, x, round(axis.edge(last - axis.first + 1) - x, 2), marks, first, last)


def _says(view: ProposalView, kept: Sequence[ItemLine]) -> str:
    days = sorted(one.due_on for item in kept for one in item.frozen.milestones)
    if not days:
        return "No hurdle holds any of the money."
    return (
        f"{counted(len(days), 'hurdle')} hold {money(view.held)}; the first is due on"
        f" {day_words(days[0])}, the last on {day_words(days[-1])}."
    )
