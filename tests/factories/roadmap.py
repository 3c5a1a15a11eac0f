"""Evidence and decisions on hurdles of committed initiatives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Tranche
from app.initiatives.models import Criterion, Milestone, TargetBehaviour
from app.initiatives.rules.milestone_kinds import ChainLink
from app.roadmap.models import Evidence, PlanVersion, WorkMove
from app.roadmap.queries.works import load_plan_numbers, load_starts
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.measuring import PLAINLY, Measuring
from app.roadmap.rules.reasons import MoveReason
from app.roadmap.rules.replanning import Draft
from app.roadmap.services import (
    HurdleOutcome,
    SavedPlan,
    Why,
    decide_hurdle,
    record_evidence,
    save_plan,
)


def tranches_of(session: Session, commitment_id: int) -> list[Tranche]:
    """The tranches of a commitment in order."""
    return list(
        session.scalars(
            select(Tranche).where(Tranche.commitment_id == commitment_id).order_by(Tranche.position)
        )
    )


def criterion_of(session: Session, tranche: Tranche) -> Criterion:
    """The first criterion of a tranche's hurdle."""
    criterion = session.scalars(
        select(Criterion)
        .where(Criterion.milestone_id == tranche.milestone_id)
        .order_by(Criterion.id)
    ).first()
    assert criterion is not None
    return criterion


def begin(session: Session, commitment_id: int, *, actor: Person, now: datetime) -> None:
    """Let the work have started by the month of `now`, as a plan version that says nothing else."""
    commitment = session.get_one(Commitment, commitment_id)
    month = now.date().replace(day=1)
    starts_on = load_starts(session, [commitment_id])[commitment_id]
    if starts_on <= month:
        return
    number = load_plan_numbers(session, [commitment.cycle_id])[commitment.cycle_id] + 1
    version = PlanVersion(
        cycle_id=commitment.cycle_id, number=number, reason=MoveReason.SUPPLIER, note="Begun early",
        saved_by_id=actor.id, saved_at=now,
    )  # fmt: skip
    session.add(version)
    session.flush()
    session.add(
        WorkMove(
            commitment_id=commitment_id, plan_version_id=version.id, from_on=starts_on,
            to_on=month, cause=MoveReason.SUPPLIER,
        )
    )  # fmt: skip
    session.flush()


def measure(
    session: Session,
    tranche: Tranche,
    value: int | str,
    *,
    actor: Person,
    now: datetime,
    sample: int | None = 500,
    how: Measuring = PLAINLY,
) -> Evidence:
    """Record `value` for the tranche's first criterion, measured today, the work begun."""
    begin(session, tranche.commitment_id, actor=actor, now=now)
    return record_evidence(
        session, tranche, criterion_of(session, tranche), value=Decimal(value), sample=sample,
        measured_on=now.date(), source="Contact statistics", note="", how=how, actor=actor,
        now=now,
    )  # fmt: skip


def decide(
    session: Session,
    tranche: Tranche,
    action: HurdleAction,
    *,
    actor: Person,
    now: datetime,
    reason: str = "",
    key: str | None = None,
) -> HurdleOutcome:
    """Decide a hurdle under a key of its own, or under `key`; a hold always says why."""
    if action is HurdleAction.HOLD and not reason:
        reason = "The next wave of figures comes first"
    once_key = key or f"{tranche.id:0>30}{list(HurdleAction).index(action):0>2}"
    return decide_hurdle(
        session, tranche, action=action, reason=reason, once_key=once_key, actor=actor, now=now
    )


def bind_criteria(session: Session) -> None:
    """Let every criterion measure its initiative's behaviour."""
    for criterion_id, behaviour_id in session.execute(
        select(Criterion.id, TargetBehaviour.id)
        .join(Milestone, Milestone.id == Criterion.milestone_id)
        .join(TargetBehaviour, TargetBehaviour.initiative_id == Milestone.initiative_id)
    ).all():
        session.execute(
            update(Criterion)
            .where(Criterion.id == criterion_id)
            .values(behaviour_id=behaviour_id, link=ChainLink.BEHAVIOUR)
        )


def plan(
    session: Session,
    draft: Draft,
    *,
    actor: Person,
    now: datetime,
    reason: MoveReason = MoveReason.SUPPLIER,
    note: str = "",
    key: str | None = None,
) -> SavedPlan:
    """Save a draft on top of the newest plan versions."""
    cycles = session.scalars(select(Commitment.cycle_id).distinct()).all()
    return save_plan(
        session, draft, why=Why(reason, note), seen=load_plan_numbers(session, cycles),
        once_key=key or uuid4().hex, actor=actor, now=now,
    )  # fmt: skip


def move_due_dates(
    session: Session,
    moves: Sequence[tuple[Tranche, date]],
    *,
    reason: str,
    actor: Person,
    now: datetime,
) -> SavedPlan:
    """Move hurdles alone as one plan version, for a reason in words."""
    draft = Draft(gates={tranche.id: to_on for tranche, to_on in moves})
    return plan(session, draft, actor=actor, now=now, reason=MoveReason.OTHER, note=reason)


def move_due_date(
    session: Session, tranche: Tranche, *, to_on: date, reason: str, actor: Person, now: datetime
) -> SavedPlan:
    """Move one hurdle."""
    return move_due_dates(session, [(tranche, to_on)], reason=reason, actor=actor, now=now)
