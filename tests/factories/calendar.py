"""Cycles with funds, budgets, teams and capacities."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.calendar.models import Cycle, CycleFund, Fund, FundBudget, Team, TeamCapacity
from app.calendar.rules import CycleDraft, CycleState
from app.values.quarter import Quarter
from tests.support.kept import kept

_LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)


def cycle_draft(**changes: Any) -> CycleDraft:
    """Return a sound draft: the first half of 2027, twelve quarters in euros."""
    values: dict[str, Any] = {
        "name": "FY27 H1",
        "starts_on": date(2027, 1, 1),
        "ends_on": date(2027, 6, 30),
        "currency": "EUR",
        "first_quarter": Quarter(2027, 1),
        "quarter_count": 12,
        "discount_rate": Decimal("0.09"),
        "hurdle_rate": Decimal("0.15"),
        "release_confidence": Decimal("0.6"),
    }
    return CycleDraft(**values | changes)


@kept
def make_cycle(session: Session, *, state: CycleState = CycleState.OPEN, **changes: Any) -> Cycle:
    """Add a cycle without funds; `changes` are those of `cycle_draft`."""
    draft = cycle_draft(**changes)
    cycle = Cycle(
        name=draft.name,
        state=state,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        currency=draft.currency,
        first_quarter=draft.first_quarter,
        quarter_count=draft.quarter_count,
        discount_rate=draft.discount_rate,
        hurdle_rate=draft.hurdle_rate,
        release_confidence=draft.release_confidence,
        created_at=_LONG_AGO,
        funds=[],
        capacities=[],
    )
    session.add(cycle)
    session.flush()
    return cycle


def make_fund(
    session: Session,
    cycle: Cycle,
    key: str = "capex",
    *,
    per_quarter_minor: int = 1_000_000_00,
    carry_over: str = "0.25",
) -> CycleFund:
    """Add a new fund to `cycle` (made or loaded whole) with the same budget in every quarter."""
    added = CycleFund(
        cycle=cycle,
        fund=Fund(key=key, name=key.replace("-", " ").capitalize()),
        carry_over=Decimal(carry_over),
        position=len(cycle.funds) + 1,
        budgets=[
            FundBudget(quarter=quarter, amount_minor=per_quarter_minor)
            for quarter in cycle.quarters
        ],
    )
    session.add(added)
    session.flush()
    return added


def make_team(
    session: Session,
    cycle: Cycle,
    key: str = "digital",
    *,
    days: int = 300,
    day_rate_minor: int = 800_00,
) -> Team:
    """Add a new team with the same days in every quarter of `cycle`."""
    team = Team(
        key=key,
        name=key.replace("-", " ").capitalize(),
        day_rate_minor=day_rate_minor,
        currency=cycle.currency,
    )
    session.add(team)
    for quarter in cycle.quarters:
        row = TeamCapacity(cycle=cycle, team=team, quarter=quarter, available_days=Decimal(days))
        session.add(row)
    session.flush()
    return team
