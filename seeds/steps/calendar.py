"""The cycles of the demo company with their money and their people's days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.calendar.models import Cycle
from app.calendar.queries import get_cycle, list_cycles, list_teams
from app.calendar.rules import CycleDraft
from app.calendar.services import add_fund, add_team, create_cycle, set_budgets, set_capacities
from app.values.money import Money
from app.values.quarter import Quarter
from seeds.steps.moments import cycle_name
from seeds.story.company import CAPACITY_DAYS, CARRY_OVER, CURRENCY, FUNDS, TEAMS


def find_cycle(session: Session, first: Quarter) -> Cycle | None:
    """The cycle that plans from ``first`` on, loaded whole."""
    name = cycle_name(first)
    found = next((cycle for cycle in list_cycles(session) if cycle.name == name), None)
    return get_cycle(session, found.id) if found else None


def add_cycle(
    session: Session,
    first: Quarter,
    span: tuple[date, date],
    thousands: Mapping[str, tuple[int, ...]],
    *,
    actor: Person,
    now: datetime,
) -> Cycle:
    """A drafted cycle of twelve quarters with funds, budgets in thousands and capacities."""
    draft = CycleDraft(
        name=cycle_name(first),
        starts_on=span[0],
        ends_on=span[1],
        currency=CURRENCY,
        first_quarter=first,
        quarter_count=12,
        discount_rate=Decimal("0.09"),
        hurdle_rate=Decimal("0.15"),
        release_confidence=Decimal("0.60"),
    )
    cycle = create_cycle(session, draft, actor=actor, now=now)
    for key, name in FUNDS:
        add_fund(
            session, cycle, key=key, name=name, carry_over=Decimal(CARRY_OVER[key]), actor=actor,
            now=now,
        )  # fmt: skip
    _set_money(session, cycle, thousands, actor=actor, now=now)
    _set_days(session, cycle, actor=actor, now=now)
    return cycle


def _set_money(
    session: Session,
    cycle: Cycle,
    thousands: Mapping[str, tuple[int, ...]],
    *,
    actor: Person,
    now: datetime,
) -> None:
    budgets = {
        (key, quarter): Money(amount * 1000_00, CURRENCY)
        for key, amounts in thousands.items()
        for quarter, amount in zip(cycle.quarters, amounts, strict=True)
    }
    carry_over = {key: Decimal(share) for key, share in CARRY_OVER.items()}
    set_budgets(
        session, cycle, budgets, carry_over, expected_version=cycle.version, actor=actor, now=now
    )


def _set_days(session: Session, cycle: Cycle, *, actor: Person, now: datetime) -> None:
    known = {team.key for team in list_teams(session)}
    for key, name, day_rate in TEAMS:
        if key not in known:
            add_team(
                session, key=key, name=name, day_rate=Money(day_rate * 100, CURRENCY), actor=actor,
                now=now,
            )  # fmt: skip
    capacities: dict[tuple[str, Quarter], Decimal | None] = {
        (key, quarter): Decimal(days)
        for key, series in CAPACITY_DAYS.items()
        for quarter, days in zip(cycle.quarters, series, strict=True)
    }
    set_capacities(session, cycle, capacities, expected_version=cycle.version, actor=actor, now=now)
