"""Read cycles, funds and teams, and ask the later stations what ties a cycle down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.calendar.models import Cycle, CycleFund, Fund, FundBudget, Team, TeamCapacity
from app.calendar.rules import CycleState
from app.errors import NotFoundError
from app.values.names import by_name
from app.values.quarter import Quarter

_MISSING = "There is no such cycle, or it was removed."


@dataclass(frozen=True, slots=True)
class OpeningTerms:
    """What a guard of the opening goes by: the day and how old a baseline may be."""

    today: date
    baseline_age_days: int


OpeningGuard = Callable[[Session, Cycle, OpeningTerms], list[str]]
BudgetFloor = Callable[[Session, int], dict[tuple[int, Quarter], int]]
CycleNote = Callable[[Session], str | None]
CurrencyTie = Callable[[Session, int], str | None]

OPENING_GUARDS: list[OpeningGuard] = []
"""Later stations append what else must be true before a cycle opens: reasons as sentences."""

CYCLE_NOTES: list[CycleNote] = []
"""Later stations append what bars no opening but should be known: a sentence or None."""

BUDGET_FLOORS: list[BudgetFloor] = []
"""Later stations append what they have committed of a cycle: (fund id, quarter) → minor units.

No budget may go below the sum of these, and no fund with a floor may leave its cycle.
"""

CURRENCY_TIES: list[CurrencyTie] = []
"""Later stations append why a cycle's currency can't change any more: a sentence or None."""


_WHOLE = (
    selectinload(Cycle.funds).joinedload(CycleFund.fund),
    selectinload(Cycle.funds).selectinload(CycleFund.budgets),
    selectinload(Cycle.capacities).joinedload(TeamCapacity.team),
)


def get_cycle(session: Session, cycle_id: int) -> Cycle:
    """Give a cycle with its funds, budgets and capacities. Raises NotFoundError."""
    cycle = session.scalar(select(Cycle).where(Cycle.id == cycle_id).options(*_WHOLE))
    if cycle is None:
        raise NotFoundError(_MISSING)
    return cycle


def list_cycles(session: Session) -> list[Cycle]:
    """Give all cycles, the latest first."""
    return list(session.scalars(select(Cycle).order_by(Cycle.starts_on.desc(), Cycle.id.desc())))


def cycle_notes(session: Session) -> list[str]:
    """What somebody who looks at a cycle that isn't closed should know."""
    return [said for note in CYCLE_NOTES if (said := note(session))]


def budget_totals(session: Session) -> dict[int, int]:
    """The whole budget of every cycle that has any, by cycle id, minor units."""
    query = (
        select(CycleFund.cycle_id, func.sum(FundBudget.amount_minor))
        .join(FundBudget, FundBudget.cycle_fund_id == CycleFund.id)
        .group_by(CycleFund.cycle_id)
    )
    return {cycle_id: int(total) for cycle_id, total in session.execute(query)}


def find_current_cycle(session: Session, today: date) -> Cycle | None:
    """The open cycle that ``today`` lies in, else the open one that started last, else None."""
    open_ones = session.scalars(
        select(Cycle)
        .where(Cycle.state == CycleState.OPEN)
        .order_by(Cycle.starts_on.desc(), Cycle.id.desc())
    ).all()
    running = (c for c in open_ones if c.starts_on <= today <= c.ends_on)
    return next(running, open_ones[0] if open_ones else None)


def list_funds(session: Session) -> list[Fund]:
    return by_name(session.scalars(select(Fund).order_by(Fund.id)), lambda one: one.name)


def list_teams(session: Session) -> list[Team]:
    return by_name(session.scalars(select(Team).order_by(Team.id)), lambda one: one.name)


def get_team(session: Session, team_id: int) -> Team:
    """Raises NotFoundError."""
    team = session.get(Team, team_id)
    if team is None:
        raise NotFoundError("There is no such team, or it was removed.")
    return team


def committed_floors(session: Session, cycle_id: int) -> dict[tuple[int, Quarter], int]:
    """What all later stations together have committed, minor units by fund id and quarter."""
    floors: dict[tuple[int, Quarter], int] = {}
    for floor in BUDGET_FLOORS:
        for cell, minor in floor(session, cycle_id).items():
            floors[cell] = floors.get(cell, 0) + minor
    return {cell: minor for cell, minor in floors.items() if minor}


def currency_ties(session: Session, cycle_id: int) -> list[str]:
    """Every reason why a cycle's currency can't change any more."""
    return [reason for tie in CURRENCY_TIES if (reason := tie(session, cycle_id))]
