"""Options: scopes of an initiative with their own money, demand and times."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.calendar.models import Cycle, Fund, Team
from app.errors import ConflictError, InvalidError
from app.initiatives.models import Initiative, Option, OptionDemand, OptionSpend
from app.initiatives.queries import get_option, option_draft
from app.initiatives.rules import (
    ORDER_OF_OPTIONS,
    OptionDraft,
    days_cell,
    option_faults,
    spend_cell,
    window_faults,
    written,
)
from app.initiatives.services.checks import check_can_edit, touch

_COLUMNS = (
    "key", "scope", "go_live_quarters", "ramp_quarters", "half_life_quarters", "earliest_start",
    "latest_start", "effort_minutes", "risk", "declared_benefit_minor", "declared_grade",
    "declared_source", "cost_low", "cost_high",
)  # fmt: skip


def add_option(
    session: Session,
    initiative: Initiative,
    draft: OptionDraft,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> Option:
    """Add an option. Raises InvalidError by field."""
    check_can_edit(actor, initiative, expected_version=expected_version)
    _check(session, initiative, draft, besides=None)
    option = Option(
        initiative_id=initiative.id,
        position=_position(session, initiative, draft.key),
        spend=[],
        demand=[],
        effects=[],
    )
    _take_over(option, draft)
    session.add(option)
    _settle(session, initiative, now)
    record(
        session, actor=actor, action="initiative.option_added",
        subject=f"initiative:{initiative.id}", after=written(draft), now=now,
    )  # fmt: skip
    return option


def edit_option(
    session: Session,
    initiative: Initiative,
    key: str,
    draft: OptionDraft,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> Option:
    """Change the option ``key``. Raises InvalidError by field."""
    check_can_edit(actor, initiative, expected_version=expected_version)
    option = get_option(session, initiative, key)
    before = option_draft(option)
    _check(session, initiative, draft, besides=option)
    if draft.key != option.key:
        option.position = _position(session, initiative, draft.key)
    _take_over(option, draft)
    _settle(session, initiative, now)
    record(
        session, actor=actor, action="initiative.option_edited",
        subject=f"initiative:{initiative.id}", before=written(before), after=written(draft),
        now=now,
    )  # fmt: skip
    return option


def remove_option(
    session: Session,
    initiative: Initiative,
    key: str,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Take an option away with its grids. Raises ConflictError while behaviours act under it."""
    check_can_edit(actor, initiative, expected_version=expected_version)
    option = get_option(session, initiative, key)
    session.refresh(option, ["effects"])
    if option.effects:
        raise ConflictError(
            f"Behaviours have effects under “{option.name}”. Take those effects out first."
        )
    before = written(option_draft(option))
    session.delete(option)
    _settle(session, initiative, now)
    record(
        session, actor=actor, action="initiative.option_removed",
        subject=f"initiative:{initiative.id}", before=before, now=now,
    )  # fmt: skip


def _check(
    session: Session, initiative: Initiative, draft: OptionDraft, *, besides: Option | None
) -> None:
    faults = option_faults(draft)
    cycle = session.get(Cycle, initiative.cycle_id) if initiative.cycle_id else None
    if cycle is not None:
        faults = window_faults(draft, cycle.quarters, cycle.name) | faults
    taken = select(Option.id).where(Option.initiative_id == initiative.id, Option.key == draft.key)
    if besides is not None:
        taken = taken.where(Option.id != besides.id)
    if session.scalar(taken) is not None:
        faults["key"] = f"This initiative has an option “{draft.key}” already."
    funds = set(session.scalars(select(Fund.id))) if draft.spend else set()
    teams = set(session.scalars(select(Team.id))) if draft.demand else set()
    faults |= {
        spend_cell(*cell): "There is no such fund any more."
        for cell in draft.spend
        if cell[0] not in funds
    }
    faults |= {
        days_cell(*cell): "There is no such team any more."
        for cell in draft.demand
        if cell[0] not in teams
    }
    if faults:
        raise InvalidError("Some of this is not possible.", fields=faults)


def _position(session: Session, initiative: Initiative, key: str) -> int:
    if key in ORDER_OF_OPTIONS:
        return ORDER_OF_OPTIONS[key]
    last = session.scalar(
        select(func.max(Option.position)).where(Option.initiative_id == initiative.id)
    )
    return max(last or 0, ORDER_OF_OPTIONS["full"]) + 1


def _take_over(option: Option, draft: OptionDraft) -> None:
    option.name = draft.name.strip()
    for name in _COLUMNS:
        setattr(option, name, getattr(draft, name))
    spend = {(one.fund_id, one.quarter_index): one for one in option.spend}
    demand = {(one.team_id, one.quarter_index): one for one in option.demand}
    option.spend = [
        spend.get(cell) or OptionSpend(fund_id=cell[0], quarter_index=cell[1], amount_minor=amount)
        for cell, amount in sorted(draft.spend.items())
        if amount
    ]
    option.demand = [
        demand.get(cell) or OptionDemand(team_id=cell[0], quarter_index=cell[1], days=days)
        for cell, days in sorted(draft.demand.items())
        if days
    ]
    for one in option.spend:
        one.amount_minor = draft.spend[one.fund_id, one.quarter_index]
    for need in option.demand:
        need.days = draft.demand[need.team_id, need.quarter_index]


def _settle(session: Session, initiative: Initiative, now: datetime) -> None:
    """Bring the cost kept beside the initiative up to date and give it a new version."""
    session.flush()
    full = session.scalar(
        select(Option.id)
        .where(Option.initiative_id == initiative.id)
        .order_by(Option.position.desc(), Option.id.desc())
        .limit(1)
    )
    cost = session.scalar(
        select(func.sum(OptionSpend.amount_minor)).where(OptionSpend.option_id == full)
    )
    initiative.cost_minor = int(cost or 0)
    touch(session, initiative, now)
