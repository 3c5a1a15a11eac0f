"""The work of funded initiatives as planned today: what was approved, and every move since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.roadmap.rules.moving import Horizon
from app.values.quarter import Quarter, months_later


@dataclass(frozen=True, slots=True)
class Shift:
    """Work planned from ``from_on`` on goes on from ``to_on``; both are firsts of a month."""

    from_on: date
    to_on: date

    @property
    def months(self) -> int:
        """Whole months later, negative when earlier."""
        return months_between(self.from_on, self.to_on)


def months_between(first: date, last: date) -> int:
    """Calendar months from one day's month to the other's."""
    return (last.year - first.year) * 12 + last.month - first.month


def shifted(on: date, shifts: Iterable[Shift]) -> date:
    """Where work planned for the month of ``on`` lies after the shifts, in their order."""
    for one in shifts:
        if on >= one.from_on:
            on = months_later(on, one.months)
    return on


@dataclass(frozen=True, slots=True)
class PlanGate:
    """A hurdle on the plan; ``is_open`` until it is decided."""

    id: int
    name: str
    due_on: date
    baseline_on: date
    is_open: bool


@dataclass(frozen=True, slots=True)
class Window:
    """When the approved option may start, and the last quarter its cycle plans."""

    earliest: Quarter | None
    latest: Quarter | None
    last: Quarter


@dataclass(frozen=True, slots=True)
class Work:
    """A funded initiative on the plan.

    ``approved`` is its start as approved. ``needs`` are ids of works with the quarters that must
    lie between their starts. ``is_active`` while hurdles are open. ``money_until`` is the last
    quarter with approved spend.
    """

    id: int
    key: str
    title: str
    cycle_id: int
    approved: Quarter
    shifts: tuple[Shift, ...]
    window: Window
    horizon: Horizon
    gates: tuple[PlanGate, ...]
    needs: tuple[tuple[int, int], ...]
    is_active: bool
    money_until: Quarter | None = None

    @property
    def starts_on(self) -> date:
        """The first day of the month it starts in, as planned now."""
        return shifted(self.approved.first_day, self.shifts)

    @property
    def anchor_on(self) -> date:
        """What lags count from: the approved start and everything the work slipped since."""
        late = sum(one.months for one in self.shifts)
        return months_later(self.approved.first_day, late)

    def has_begun(self, today: date) -> bool:
        return self.starts_on <= today or any(not gate.is_open for gate in self.gates)


Works = Mapping[int, Work]
"""All works by id."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Days asked of a team, ``quarter_index`` quarters after the approved start of a work."""

    team_id: int
    work_id: int
    start: Quarter
    quarter_index: int
    days: Decimal

    def quarter(self, shifts: Iterable[Shift]) -> Quarter:
        """The quarter the days fall into as planned."""
        return Quarter.containing(shifted((self.start + self.quarter_index).first_day, shifts))
