"""Evidence and decisions on hurdles of committed initiatives."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.initiatives.models import Criterion, Milestone, TargetBehaviour
from app.initiatives.rules.milestone_kinds import ChainLink
from app.roadmap.models import Evidence
from app.roadmap.rules import HurdleAction
from app.roadmap.services import HurdleOutcome, decide_hurdle, record_evidence


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


def measure(
    session: Session,
    tranche: Tranche,
    value: int | str,
    *,
    actor: Person,
    now: datetime,
    sample: int | None = 500,
) -> Evidence:
    """Record `value` for the tranche's first criterion, measured today."""
    return record_evidence(
        session, tranche, criterion_of(session, tranche), value=Decimal(value), sample=sample,
        measured_on=now.date(), source="Contact statistics", note="", actor=actor, now=now,
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
    """Decide a hurdle under a key of its own, or under `key`."""
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
