"""Arrange cycles, budgets and capacities for their pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.audit.models import AuditEvent
from app.calendar.models import Cycle, Team
from app.calendar.rules import CYCLE_MOVES, CycleMove, CycleState
from app.errors import AppError, ConflictError
from app.values.money import CURRENCY_DIGITS, Money
from app.values.quarter import Quarter
from app.web.filters import bare_money, moment, number, percent, quarter

STATE_TONES = {
    CycleState.DRAFT: "draft",
    CycleState.OPEN: "accent",
    CycleState.CLOSED: "passed",
}


@dataclass(frozen=True, slots=True)
class CycleRow:
    """A cycle as the list shows it."""

    id: int
    name: str
    tone: str
    state: str
    starts_on: date
    ends_on: date
    horizon: str
    budget: Money
    is_current: bool


@dataclass(frozen=True, slots=True)
class MoveButton:
    """A move of a cycle: its button, or why it is barred."""

    move: CycleMove
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of figures: its name, what holds for all of it, its total, its cells with notes."""

    label: str
    note: str
    cells: Sequence[tuple[str, str]]
    total: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """Figures by quarter; ``totals`` begins with that of all quarters."""

    columns: Sequence[str]
    rows: Sequence[GridRow]
    totals: Sequence[str]


def cycle_rows(
    cycles: Sequence[Cycle], totals: Mapping[int, int], current: Cycle | None
) -> list[CycleRow]:
    """Arrange cycles in the order given."""
    return [
        CycleRow(
            id=cycle.id,
            name=cycle.name,
            tone=STATE_TONES[cycle.state],
            state=cycle.state.word,
            starts_on=cycle.starts_on,
            ends_on=cycle.ends_on,
            horizon=horizon(cycle),
            budget=Money(totals.get(cycle.id, 0), cycle.currency),
            is_current=current is not None and current.id == cycle.id,
        )
        for cycle in cycles
    ]


def horizon(cycle: Cycle) -> str:
    """The quarters a cycle plans: Q1 2027 to Q4 2029."""
    return f"{quarter(cycle.first_quarter)} to {quarter(cycle.quarters.last)}"


def move_buttons(cycle: Cycle, reasons: Mapping[str, Sequence[str]]) -> list[MoveButton]:
    """The moves the cycle's state has, barred ones with their reasons."""
    return [
        MoveButton(move, reasons[move.action])
        for move in CYCLE_MOVES
        if move.source is cycle.state and move.action in reasons
    ]


def budget_grid(cycle: Cycle, floors: Mapping[tuple[int, Quarter], int]) -> Grid:
    """The budgets of a cycle by fund and quarter, with what is committed under each."""
    amounts = [
        {budget.quarter: budget.amount_minor for budget in one.budgets} for one in cycle.funds
    ]
    whole = _are_whole([minor for row in amounts for minor in row.values()], cycle.currency)
    write = _writer(cycle.currency, whole=whole)
    rows = [
        GridRow(
            label=one.fund.name,
            note=percent(one.carry_over),
            cells=[
                (write(by.get(q, 0)), _committed(floors.get((one.fund_id, q), 0), write))
                for q in cycle.quarters
            ],
            total=write(sum(by.values())),
            id=one.fund_id,
        )
        for one, by in zip(cycle.funds, amounts, strict=True)
    ]
    totals = [sum(by.get(q, 0) for by in amounts) for q in cycle.quarters]
    return Grid(
        columns=[quarter(q) for q in cycle.quarters],
        rows=rows,
        totals=[write(sum(totals)), *(write(total) for total in totals)],
    )


def capacity_grid(cycle: Cycle) -> Grid:
    """The person-days of a cycle by team and quarter."""
    teams: dict[int, Team] = {row.team_id: row.team for row in cycle.capacities}
    days = {(row.team_id, row.quarter): row.available_days for row in cycle.capacities}
    rows = [
        GridRow(
            label=team.name,
            note=day_rate(team),
            cells=[(number(days.get((team.id, q), Decimal(0))), "") for q in cycle.quarters],
            total=number(sum(days.get((team.id, q), Decimal(0)) for q in cycle.quarters)),
            id=team.id,
        )
        for team in sorted(teams.values(), key=lambda team: team.name)
    ]
    totals = [
        sum((days.get((id_, q), Decimal(0)) for id_ in teams), Decimal(0)) for q in cycle.quarters
    ]
    return Grid(
        columns=[quarter(q) for q in cycle.quarters],
        rows=rows,
        totals=[number(sum(totals, Decimal(0))), *(number(total) for total in totals)],
    )


def conflict_view(error: AppError, events: Sequence[AuditEvent]) -> dict[str, object] | None:
    """Both versions line by line, with who saved theirs and when; None for another refusal.

    ``events`` are those of the thing, the latest first.
    """
    if not isinstance(error, ConflictError) or not (error.theirs or error.yours):
        return None
    names = sorted({*error.yours, *error.theirs})
    fields = [
        {"label": n, "yours": error.yours.get(n), "theirs": error.theirs.get(n)} for n in names
    ]
    if not events:
        return {"fields": fields, "who": "Somebody else", "when": ""}
    who = events[0].actor_name.partition(" <")[0]
    return {"fields": fields, "who": who, "when": moment(events[0].at)}


def day_rate(team: Team) -> str:
    """What a day of a team costs: EUR 800."""
    rate = Money(team.day_rate_minor, team.currency)
    return f"{rate.currency} {bare_money(rate)}"


def _are_whole(minors: Sequence[int], currency: str) -> bool:
    return all(minor % 10 ** CURRENCY_DIGITS[currency] == 0 for minor in minors)


def _writer(currency: str, *, whole: bool) -> Callable[[int], str]:
    """Write minor units without the currency's sign, whole where all amounts are."""
    digits = 0 if whole else CURRENCY_DIGITS[currency]
    return lambda minor: bare_money(Money(minor, currency), digits)


def _committed(minor: int, write: Callable[[int], str]) -> str:
    return f"{write(minor)} committed" if minor else ""
