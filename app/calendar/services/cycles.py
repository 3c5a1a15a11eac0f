"""Create, change, open and close cycles."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.calendar.models import Cycle, FundBudget, Team
from app.calendar.queries import (
    OPENING_GUARDS,
    OpeningTerms,
    committed_floors,
    currency_ties,
)
from app.calendar.rules import (
    CYCLE_MOVES,
    CycleDraft,
    CycleState,
    closing_faults,
    cycle_faults,
    described_cycle,
    move_of,
    opening_faults,
)
from app.calendar.services.checks import check_not_closed, check_permission, check_version
from app.errors import ConflictError, InvalidError
from app.values.quarter import Quarter


def create_cycle(session: Session, draft: CycleDraft, *, actor: Person, now: datetime) -> Cycle:
    """Add a cycle in draft. Raises InvalidError with a sentence per field."""
    check_permission(actor)
    _check_draft(session, draft, besides=None)
    cycle = Cycle(state=CycleState.DRAFT, created_at=now, funds=[], capacities=[])
    _take_over(cycle, draft)
    session.add(cycle)
    session.flush()
    record(
        session, actor=actor, action="cycle.created", subject=f"cycle:{cycle.id}",
        after=described_cycle(draft), now=now,
    )  # fmt: skip
    return cycle


def edit_cycle(
    session: Session,
    cycle: Cycle,
    draft: CycleDraft,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Change a cycle's own figures; ``cycle`` is loaded whole.

    Raises InvalidError for what is impossible or would leave budgets behind, ConflictError when
    it is closed or somebody else saved it.
    """
    check_permission(actor)
    check_not_closed(cycle)
    before = described_cycle(draft_of(cycle))
    check_version(cycle, expected_version, theirs=before, yours=described_cycle(draft))
    _check_draft(session, draft, besides=cycle)
    if draft.currency != cycle.currency:
        _check_currency_is_free(session, cycle)
    _check_nothing_left_behind(session, cycle, draft)
    _take_over(cycle, draft)
    _fit_grids(cycle)
    after = described_cycle(draft)
    if after != before:
        record(
            session, actor=actor, action="cycle.changed", subject=f"cycle:{cycle.id}",
            before=before, after=after, now=now,
        )  # fmt: skip


def barred_moves(session: Session, cycle: Cycle, terms: OpeningTerms) -> dict[str, list[str]]:
    """Every move its state allows, each with the reasons that bar it; none: it can be made."""
    reasons: dict[str, list[str]] = {}
    for move in CYCLE_MOVES:
        if move.source is not cycle.state:
            continue
        if move.action == "open":
            reasons[move.action] = _opening_reasons(session, cycle, terms)
        else:
            reasons[move.action] = closing_faults(cycle.ends_on, terms.today)
    return reasons


def open_cycle(
    session: Session, cycle: Cycle, terms: OpeningTerms, *, actor: Person, now: datetime
) -> None:
    """Open a drafted cycle for proposals and decisions. Raises ConflictError with the reasons."""
    _move(session, cycle, "open", _opening_reasons(session, cycle, terms), actor=actor, now=now)


def close_cycle(
    session: Session, cycle: Cycle, *, today: date, actor: Person, now: datetime
) -> None:
    """Close an open cycle that has run out. Raises ConflictError with the reasons."""
    _move(session, cycle, "close", closing_faults(cycle.ends_on, today), actor=actor, now=now)


def draft_of(cycle: Cycle) -> CycleDraft:
    """What a person decided about a stored cycle."""
    return CycleDraft(
        name=cycle.name,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
        currency=cycle.currency,
        first_quarter=cycle.first_quarter,
        quarter_count=cycle.quarter_count,
        discount_rate=cycle.discount_rate,
        hurdle_rate=cycle.hurdle_rate,
        release_confidence=cycle.release_confidence,
    )


def _move(
    session: Session, cycle: Cycle, action: str, reasons: list[str], *, actor: Person, now: datetime
) -> None:
    check_permission(actor)
    move = move_of(cycle.state, action)
    if move is None:
        raise ConflictError(f"{cycle.name} is {cycle.state.word.lower()}; it cannot {action} now.")
    if reasons:
        raise ConflictError(f"{cycle.name} cannot {action} yet. " + " ".join(reasons))
    cycle.state = move.target
    session.flush()
    record(
        session, actor=actor, action=f"cycle.{move.done}", subject=f"cycle:{cycle.id}",
        before={"state": move.source}, after={"state": move.target}, now=now,
    )  # fmt: skip


def _opening_reasons(session: Session, cycle: Cycle, terms: OpeningTerms) -> list[str]:
    totals = {one.fund.name: sum(b.amount_minor for b in one.budgets) for one in cycle.funds}
    days = sum((c.available_days for c in cycle.capacities), Decimal(0))
    paid_in_it = session.scalar(select(Team.id).where(Team.currency == cycle.currency).limit(1))
    reasons = opening_faults(totals, days, has_teams=paid_in_it is not None)
    for guard in OPENING_GUARDS:
        reasons += guard(session, cycle, terms)
    return reasons


def _check_draft(session: Session, draft: CycleDraft, *, besides: Cycle | None) -> None:
    faults = cycle_faults(draft)
    taken = select(Cycle.id).where(Cycle.name == draft.name.strip())
    if besides is not None:
        taken = taken.where(Cycle.id != besides.id)
    if "name" not in faults and session.scalar(taken) is not None:
        faults["name"] = "Another cycle has this name already."
    if faults:
        raise InvalidError("Some figures of the cycle are not possible.", fields=faults)


def _check_currency_is_free(session: Session, cycle: Cycle) -> None:
    reasons = currency_ties(session, cycle.id)
    if committed_floors(session, cycle.id):
        reasons.insert(0, f"Money is committed in {cycle.currency}.")
    if any(budget.amount_minor for one in cycle.funds for budget in one.budgets):
        reasons.append(f"Its budgets are entered in {cycle.currency}.")
    if reasons:
        raise InvalidError(
            f"The currency has to stay {cycle.currency}. " + " ".join(reasons)
            + " Use another cycle for another currency.",
            field="currency",
        )  # fmt: skip


def _check_nothing_left_behind(session: Session, cycle: Cycle, draft: CycleDraft) -> None:
    """Refuse to drop quarters that hold a budget, days or commitments."""
    held: set[Quarter] = {quarter for _, quarter in committed_floors(session, cycle.id)}
    held |= {b.quarter for one in cycle.funds for b in one.budgets if b.amount_minor}
    held |= {c.quarter for c in cycle.capacities if c.available_days}
    lost = sorted(quarter for quarter in held if quarter not in draft.quarters)
    if lost:
        field = "first_quarter" if lost[0] < draft.first_quarter else "quarter_count"
        names = ", ".join(str(quarter) for quarter in lost[:4]) + (" …" if len(lost) > 4 else "")
        raise InvalidError(
            f"Budgets, days or commitments stand in {names}; set them to 0 first or keep the "
            "quarters.",
            field=field,
        )


def _take_over(cycle: Cycle, draft: CycleDraft) -> None:
    cycle.name = draft.name.strip()
    cycle.starts_on = draft.starts_on
    cycle.ends_on = draft.ends_on
    cycle.currency = draft.currency
    cycle.first_quarter = draft.first_quarter
    cycle.quarter_count = draft.quarter_count
    cycle.discount_rate = draft.discount_rate
    cycle.hurdle_rate = draft.hurdle_rate
    cycle.release_confidence = draft.release_confidence


def _fit_grids(cycle: Cycle) -> None:
    """Give every fund a budget row for exactly the cycle's quarters, new ones with nothing."""
    for one in cycle.funds:
        kept = [budget for budget in one.budgets if budget.quarter in cycle.quarters]
        there = {budget.quarter for budget in kept}
        added = [FundBudget(quarter=q, amount_minor=0) for q in cycle.quarters if q not in there]
        one.budgets = sorted([*kept, *added], key=lambda budget: budget.quarter)
