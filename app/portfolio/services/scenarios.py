"""Create, copy and describe scenarios and set their limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.calendar.models import Cycle
from app.calendar.queries import committed_floors
from app.calendar.rules import CycleState
from app.errors import ConflictError, InvalidError
from app.portfolio.models import Scenario, ScenarioLimit, ScenarioPin, ScenarioRule
from app.portfolio.queries.facts import effective_budgets
from app.portfolio.services.checks import (
    check_cycle_is_open,
    check_may_edit,
    check_open,
    touch,
)
from app.values.carrying import lacking
from app.values.money import Money
from app.values.quarter import Quarter

LONGEST_NAME = 120
Cell = tuple[int, Quarter]
"""A fund's id and a quarter."""


@dataclass(frozen=True, slots=True)
class ScenarioDraft:
    """What a person says about a scenario."""

    name: str
    note: str = ""

    def described(self) -> dict[str, str]:
        return {"Name": self.name, "Note": self.note}


def create_scenario(
    session: Session, cycle: Cycle, draft: ScenarioDraft, *, actor: Person, now: datetime
) -> Scenario:
    """Add a scenario with the cycle's own limits. Raises InvalidError, ConflictError."""
    check_may_edit(actor)
    if cycle.state is CycleState.CLOSED:
        raise ConflictError(f"{cycle.name} is closed; make the scenario in the next cycle.")
    _check_name(session, cycle.id, draft.name)
    scenario = Scenario(
        cycle=cycle,
        name=draft.name,
        note=draft.note,
        created_by=actor,
        changed_by=actor,
        created_at=now,
        changed_at=now,
        limits=[],
        pins=[],
        rules=[],
    )
    session.add(scenario)
    session.flush()
    after = {"cycle": cycle.name, **draft.described()}
    record_change(session, scenario, "created", actor=actor, now=now, after=after)
    return scenario


def duplicate_scenario(
    session: Session, original: Scenario, draft: ScenarioDraft, *, actor: Person, now: datetime
) -> Scenario:
    """Add a scenario with the limits, pins and rules of ``original``; runs stay behind."""
    check_may_edit(actor)
    check_cycle_is_open(original)
    _check_name(session, original.cycle_id, draft.name)
    copy = Scenario(
        cycle=original.cycle,
        name=draft.name,
        note=draft.note,
        created_by=actor,
        changed_by=actor,
        created_at=now,
        changed_at=now,
        limits=[
            ScenarioLimit(fund_id=one.fund_id, quarter=one.quarter, amount_minor=one.amount_minor)
            for one in original.limits
        ],
        pins=[
            ScenarioPin(
                initiative_id=one.initiative_id, kind=one.kind, option_id=one.option_id,
                start=one.start, reason=one.reason, price_minor=one.price_minor,
            )
            for one in original.pins
        ],
        rules=[
            ScenarioRule(key=one.key, type=one.type, parameters=one.parameters, reason=one.reason)
            for one in original.rules
        ],
    )  # fmt: skip
    session.add(copy)
    session.flush()
    after = {
        "copied from": original.name,
        "source": f"scenario:{original.id}",  # names change; four hands follow this
        **draft.described(),
    }
    record_change(session, copy, "created", actor=actor, now=now, after=after)
    return copy


def describe_scenario(
    session: Session,
    scenario: Scenario,
    draft: ScenarioDraft,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Change name and note. Raises InvalidError, ConflictError."""
    before = ScenarioDraft(scenario.name, scenario.note).described()
    check_open(scenario, expected_version, actor, theirs=before, yours=draft.described())
    if draft.name != scenario.name:
        _check_name(session, scenario.cycle_id, draft.name)
    if draft.described() == before:
        return
    scenario.name, scenario.note = draft.name, draft.note
    touch(scenario, actor=actor, now=now)
    after = draft.described()
    record_change(session, scenario, "described", actor=actor, now=now, before=before, after=after)


def set_limits(
    session: Session,
    scenario: Scenario,
    amounts: Mapping[Cell, Money | None],
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Set budgets by fund and quarter; None, or the cycle's own amount, keeps the cycle's.

    Only differences from the cycle are stored. Raises InvalidError with a sentence per cell under
    `limit_field`, ConflictError.
    """
    before = _limits_in_words(scenario, effective_budgets(scenario))
    wanted = _wanted_budgets(scenario, amounts)
    after = _limits_in_words(scenario, wanted)
    check_open(scenario, expected_version, actor, theirs=before, yours=after)
    _check_limits(session, scenario, wanted)
    if after == before:
        return
    cycle_own = {
        (fund.fund_id, budget.quarter): budget.amount_minor
        for fund in scenario.cycle.funds
        for budget in fund.budgets
    }
    _store_differences(
        scenario,
        {cell: minor for cell, minor in wanted.items() if minor != cycle_own.get(cell, 0)},
    )
    touch(scenario, actor=actor, now=now)
    changed = {name for name in before if before[name] != after.get(name)}
    record_change(
        session, scenario, "limited", actor=actor, now=now,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )  # fmt: skip


def limit_field(fund_id: int, quarter: Quarter) -> str:
    """The form field of one cell of the limits."""
    return f"limit-{fund_id}-{quarter}"


def _check_name(session: Session, cycle_id: int, name: str) -> None:
    if not name:
        raise InvalidError("Give the scenario a name.", field="name")
    if len(name) > LONGEST_NAME:
        text = f"Shorten the name to at most {LONGEST_NAME} characters."
        raise InvalidError(text, field="name")
    taken = select(Scenario.id).where(Scenario.cycle_id == cycle_id, Scenario.name == name)
    if session.scalar(taken) is not None:
        text = "This cycle has a scenario of that name already; choose another."
        raise InvalidError(text, field="name")


def _wanted_budgets(scenario: Scenario, amounts: Mapping[Cell, Money | None]) -> dict[Cell, int]:
    cells = {
        (fund.fund_id, quarter): 0
        for fund in scenario.cycle.funds
        for quarter in scenario.cycle.quarters
    }
    for fund in scenario.cycle.funds:
        for budget in fund.budgets:
            if (fund.fund_id, budget.quarter) in cells:
                cells[fund.fund_id, budget.quarter] = budget.amount_minor
    for cell, money in amounts.items():
        if money is not None and cell in cells:
            cells[cell] = money.minor
    return cells


def _check_limits(session: Session, scenario: Scenario, wanted: Mapping[Cell, int]) -> None:
    faults = {
        limit_field(*cell): "A budget can't be negative; enter 0 or more."
        for cell, minor in wanted.items()
        if minor < 0
    }
    faults = faults or _flow_faults(session, scenario, wanted)
    if faults:
        raise InvalidError("Some limits can't hold.", fields=faults)


def _flow_faults(
    session: Session, scenario: Scenario, wanted: Mapping[Cell, int]
) -> dict[str, str]:
    """Quarters whose committed money would lack more than today, counting what moves on."""
    cycle = scenario.cycle
    floors = committed_floors(session, cycle.id)
    current = effective_budgets(scenario)
    faults: dict[str, str] = {}
    for fund in cycle.funds:
        cells = [(fund.fund_id, quarter) for quarter in cycle.quarters]
        bound = [floors.get(cell, 0) for cell in cells]
        before = lacking([current.get(cell, 0) for cell in cells], bound, fund.carry_over)
        after = lacking([wanted[cell] for cell in cells], bound, fund.carry_over)
        for cell, old, new in zip(cells, before, after, strict=True):
            if new > old:
                committed = Money(floors[cell], cycle.currency)
                faults[limit_field(*cell)] = (
                    f"{committed} is committed here already, and with these limits "
                    f"{Money(new, cycle.currency)} of it could not be paid."
                )
    return faults


def _store_differences(scenario: Scenario, different: Mapping[Cell, int]) -> None:
    kept = {(limit.fund_id, limit.quarter): limit for limit in scenario.limits}
    scenario.limits[:] = [limit for cell, limit in kept.items() if cell in different]
    for (fund_id, quarter), minor in different.items():
        if (fund_id, quarter) in kept:
            kept[fund_id, quarter].amount_minor = minor
        else:
            limit = ScenarioLimit(fund_id=fund_id, quarter=quarter, amount_minor=minor)
            scenario.limits.append(limit)


def _limits_in_words(scenario: Scenario, budgets: Mapping[Cell, int]) -> dict[str, str]:
    cells = {
        f"{fund.fund.name}, {quarter}": budgets.get((fund.fund_id, quarter), 0)
        for fund in scenario.cycle.funds
        for quarter in scenario.cycle.quarters
    }
    return {name: str(Money(minor, scenario.cycle.currency)) for name, minor in cells.items()}


def record_change(
    session: Session,
    scenario: Scenario,
    verb: str,
    *,
    actor: Person,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write the one audit event of a change to a scenario."""
    record(
        session, actor=actor, action=f"scenario.{verb}", subject=f"scenario:{scenario.id}",
        before=before, after=after, now=now,
    )  # fmt: skip
