"""Put funds into a cycle and set their budgets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.calendar.models import Cycle, CycleFund, Fund, FundBudget
from app.calendar.queries import committed_floors
from app.calendar.rules import budget_cell, key_fault, unusual_amounts, written_share
from app.calendar.services.checks import (
    check_not_closed,
    check_permission,
    check_version,
    mark_changed,
)
from app.errors import ConflictError, InvalidError, NotFoundError
from app.values.carrying import lacking
from app.values.money import Money
from app.values.quarter import Quarter

_UNUSUAL = (
    "This is more than 100 times the usual budget here. Correct it, or confirm it at the end."
)

Budgets = Mapping[tuple[str, Quarter], Money]


def add_fund(
    session: Session,
    cycle: Cycle,
    *,
    key: str,
    name: str,
    carry_over: Decimal,
    actor: Person,
    now: datetime,
) -> CycleFund:
    """Put a fund into a cycle with nothing in it yet; a key nobody knows makes a new fund.

    A known key is the fund of that key and keeps its name. Raises InvalidError.
    """
    check_permission(actor)
    check_not_closed(cycle)
    fund = session.scalar(select(Fund).where(Fund.key == key))
    _check_new_fund(session, cycle, fund, key=key, name=name, carry_over=carry_over)
    if fund is None:
        fund = Fund(key=key, name=name.strip())
    added = CycleFund(
        fund=fund,
        carry_over=carry_over,
        position=1 + max((one.position for one in cycle.funds), default=0),
        budgets=[FundBudget(quarter=quarter, amount_minor=0) for quarter in cycle.quarters],
    )
    cycle.funds.append(added)
    mark_changed(cycle)
    session.flush()
    record(
        session, actor=actor, action="cycle.fund_added", subject=f"cycle:{cycle.id}",
        after={"fund": fund.key, "name": fund.name, "carry_over": carry_over}, now=now,
    )  # fmt: skip
    return added


def remove_fund(
    session: Session, cycle: Cycle, fund_id: int, *, actor: Person, now: datetime
) -> None:
    """Take a fund out of a cycle; the fund itself stays for other cycles.

    Raises ConflictError while it has a budget or commitments, NotFoundError if it isn't there.
    """
    check_permission(actor)
    check_not_closed(cycle)
    found = next((one for one in cycle.funds if one.fund_id == fund_id), None)
    if found is None:
        raise NotFoundError("This fund is not in the cycle any more.")
    if any(key[0] == fund_id for key in committed_floors(session, cycle.id)):
        raise ConflictError(f"Money of {found.fund.name} is committed; the fund has to stay.")
    if any(budget.amount_minor for budget in found.budgets):
        raise ConflictError(f"{found.fund.name} still has a budget; set it to 0 in every quarter.")
    cycle.funds.remove(found)
    session.delete(found)
    mark_changed(cycle)
    session.flush()
    record(
        session, actor=actor, action="cycle.fund_removed", subject=f"cycle:{cycle.id}",
        before={"fund": found.fund.key}, now=now,
    )  # fmt: skip


def set_budgets(
    session: Session,
    cycle: Cycle,
    budgets: Budgets,
    carry_over: Mapping[str, Decimal],
    *,
    expected_version: int,
    is_confirmed: bool = False,
    actor: Person,
    now: datetime,
) -> None:
    """Set the budgets of a cycle by fund key and quarter; cells left out stay as they are.

    Raises InvalidError by cell for a negative or foreign amount, one below what is committed, one
    that leaves committed money of a later quarter unpaid, or, unless ``is_confirmed``, one a
    hundred times the usual; ConflictError when the cycle is closed or somebody else saved it.
    """
    check_permission(actor)
    check_not_closed(cycle)
    before = _described(cycle)
    yours = before | _described_amounts(cycle, budgets, carry_over)
    check_version(cycle, expected_version, theirs=before, yours=yours)
    faults = budget_faults(session, cycle, budgets, carry_over, is_confirmed=is_confirmed)
    faults = faults or _flow_faults(session, cycle, budgets, carry_over)
    if faults:
        raise InvalidError("Some budgets cannot be saved.", fields=faults)
    for one in cycle.funds:
        one.carry_over = carry_over.get(one.fund.key, one.carry_over)
        for budget in one.budgets:
            amount = budgets.get((one.fund.key, budget.quarter))
            budget.amount_minor = budget.amount_minor if amount is None else amount.minor
    _record_difference(session, cycle, before, actor=actor, now=now)


def _record_difference(
    session: Session, cycle: Cycle, before: dict[str, str], *, actor: Person, now: datetime
) -> None:
    after = _described(cycle)
    changed = [name for name in after if before.get(name) != after[name]]
    if not changed:
        return
    mark_changed(cycle)
    session.flush()
    record(
        session, actor=actor, action="cycle.budgets_set", subject=f"cycle:{cycle.id}",
        before={name: before.get(name, "") for name in changed},
        after={name: after[name] for name in changed}, now=now,
    )  # fmt: skip


def _check_new_fund(
    session: Session, cycle: Cycle, fund: Fund | None, *, key: str, name: str, carry_over: Decimal
) -> None:
    faults: dict[str, str] = {}
    if fault := key_fault(key):
        faults["key"] = fault
    elif fund is not None and any(one.fund_id == fund.id for one in cycle.funds):
        faults["key"] = f"The fund {fund.name} is in this cycle already."
    if fund is None and not name.strip():
        faults["name"] = "Give the new fund a name."
    elif fund is None and _name_is_taken(session, name):
        faults["name"] = "Another fund has this name already; use its key."
    if not 0 <= carry_over <= 1:
        faults["carry_over"] = "Enter a share between 0 % and 100 %."
    if faults:
        raise InvalidError("The fund cannot be added.", fields=faults)


def _name_is_taken(session: Session, name: str) -> bool:
    """Compared here, since databases differ in which letters they know as small and capital."""
    wanted = name.strip().casefold()
    return any(known.casefold() == wanted for known in session.scalars(select(Fund.name)))


def budget_faults(
    session: Session,
    cycle: Cycle,
    budgets: Budgets,
    carry_over: Mapping[str, Decimal],
    *,
    is_confirmed: bool,
) -> dict[str, str]:
    """What is wrong with each figure by itself, by the name of its cell."""
    shares = {
        f"carry-{key}": "Enter a share between 0 % and 100 %."
        for key, share in carry_over.items()
        if not 0 <= share <= 1
    }
    return _budget_faults(session, cycle, budgets, is_confirmed=is_confirmed) | shares


def _budget_faults(
    session: Session, cycle: Cycle, budgets: Budgets, *, is_confirmed: bool
) -> dict[str, str]:
    known = {(one.fund.key, b.quarter): one.fund_id for one in cycle.funds for b in one.budgets}
    stored = {(one.fund_id, b.quarter): b.amount_minor for one in cycle.funds for b in one.budgets}
    # What a quarter has committed beyond its own budget came over from the one before.
    floors = {
        cell: min(minor, stored.get(cell, minor))
        for cell, minor in committed_floors(session, cycle.id).items()
    }
    faults: dict[str, str] = {}
    for (key, quarter), amount in budgets.items():
        cell = budget_cell(key, quarter)
        if (key, quarter) not in known:
            faults[cell] = f"{key} has no budget in {quarter}; reload the page."
        elif amount.currency != cycle.currency:
            faults[cell] = f"The cycle plans in {cycle.currency}; enter the budget in it."
        elif amount.minor < 0:
            faults[cell] = "A budget cannot be negative."
        elif amount.minor < (floor := floors.get((known[key, quarter], quarter), 0)):
            faults[cell] = (
                f"{Money(floor, cycle.currency)} is committed already; enter at least that."
            )
    if not faults and not is_confirmed:
        minors = {budget_cell(key, q): amount.minor for (key, q), amount in budgets.items()}
        faults = dict.fromkeys(unusual_amounts(minors), _UNUSUAL)
    return faults


def _flow_faults(
    session: Session, cycle: Cycle, budgets: Budgets, carry_over: Mapping[str, Decimal]
) -> dict[str, str]:
    """Quarters whose committed money would lack more than today, once budgets have moved on."""
    floors = committed_floors(session, cycle.id)
    faults: dict[str, str] = {}
    for one in cycle.funds:
        key = one.fund.key
        held = sorted(one.budgets, key=lambda budget: budget.quarter)
        quarters = [budget.quarter for budget in held]
        bound = [floors.get((one.fund_id, quarter), 0) for quarter in quarters]
        stored = {budget.quarter: budget.amount_minor for budget in held}
        wanted = [
            budgets[key, quarter].minor if (key, quarter) in budgets else stored[quarter]
            for quarter in quarters
        ]
        share = carry_over.get(key, one.carry_over)
        before = lacking([stored[quarter] for quarter in quarters], bound, one.carry_over)
        after = lacking(wanted, bound, share)
        for quarter, old, new in zip(quarters, before, after, strict=True):
            if new > old:
                faults[budget_cell(key, quarter)] = (
                    f"With these budgets and this carry-over {Money(new, cycle.currency)} of what "
                    "is committed here could not be paid."
                )
    return faults


def _described(cycle: Cycle) -> dict[str, str]:
    described = {}
    for one in cycle.funds:
        described[f"{one.fund.name}, carry-over"] = written_share(one.carry_over)
        for budget in one.budgets:
            money = Money(budget.amount_minor, cycle.currency)
            described[f"{one.fund.name}, {budget.quarter}"] = str(money)
    return described


def _described_amounts(
    cycle: Cycle, budgets: Budgets, carry_over: Mapping[str, Decimal]
) -> dict[str, str]:
    names = {one.fund.key: one.fund.name for one in cycle.funds}
    described = {f"{names.get(k, k)}, {q}": str(amount) for (k, q), amount in budgets.items()}
    for key, share in carry_over.items():
        described[f"{names.get(key, key)}, carry-over"] = written_share(share)
    return described
