"""Read what was measured of target behaviours at the hurdles of commitments."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, Tranche
from app.initiatives.models import Criterion, TargetBehaviour
from app.initiatives.rules.milestone_kinds import ChainLink
from app.roadmap.models import Evidence
from app.roadmap.rules.forward import ForwardShape, reached_in
from app.roadmap.rules.judging import NotJudged
from app.roadmap.rules.measuring import standard_error
from app.roadmap.rules.posterior import Among, BehaviourMeasured, Normal
from app.values.quarter import Quarter

_SINCE = func.coalesce(Evidence.window_from, Evidence.measured_on)
SINCE_THE_START = or_(Evidence.starts_on.is_(None), Evidence.starts_on <= _SINCE)
"""Whether evidence is all from after the start that was planned when it was recorded."""

MeasuredRow = tuple[Evidence, Criterion, TargetBehaviour]


def list_measured(session: Session, ids: Collection[int]) -> dict[int, list[MeasuredRow]]:
    """All that was measured of behaviours at the hurdles of these commitments, in its order."""
    rows = session.execute(
        select(Commitment.id, Evidence, Criterion, TargetBehaviour)
        .join(Evidence.criterion)
        .join(TargetBehaviour, TargetBehaviour.id == Criterion.behaviour_id)
        .join(Commitment, Commitment.initiative_id == TargetBehaviour.initiative_id)
        .outerjoin(Tranche, Tranche.id == Evidence.tranche_id)
        .where(
            Commitment.id.in_(ids),
            Criterion.link == ChainLink.BEHAVIOUR,
            or_(Evidence.tranche_id.is_(None), Tranche.commitment_id == Commitment.id),
            SINCE_THE_START,
        )
        .order_by(Evidence.measured_on, Evidence.id)
    )
    found: dict[int, list[MeasuredRow]] = {}
    for commitment_id, evidence, criterion, behaviour in rows:
        found.setdefault(commitment_id, []).append((evidence, criterion, behaviour))
    return found


def measured_of(
    rows: Iterable[MeasuredRow], shape: ForwardShape, first: Quarter, starts_on: date | None
) -> dict[int, BehaviourMeasured] | NotJudged:
    """The latest measurement of each behaviour, by its id.

    What was measured before the work starts, or from before it on, says nothing of its effect.
    """
    latest = {
        behaviour.id: (one, of, behaviour)
        for one, of, behaviour in rows
        if starts_on is None or starts_on <= (one.window_from or one.measured_on)
    }
    found: dict[int, BehaviourMeasured] = {}
    for evidence, criterion, behaviour in latest.values():
        error = standard_error(
            evidence.value, criterion.unit, evidence.sample, evidence.standard_error
        )
        reached = reached_in(shape, first, evidence.window_from, evidence.measured_on)
        if evidence.among is Among.EXPOSED:
            reached = 1.0
        if error is None or not reached or behaviour.target == behaviour.baseline:
            return NotJudged(_unusable(criterion.metric, error, reached))
        found[behaviour.id] = BehaviourMeasured(
            float(behaviour.baseline), float(behaviour.target),
            Normal(float(evidence.value), float(error)), reached, evidence.design,
            evidence.persists,
        )  # fmt: skip
    return found


def _unusable(metric: str, error: Decimal | None, reached: float) -> str:
    if error is None:
        why = "was recorded without a standard error"
    elif not reached:
        why = "was measured among all customers before the change reached any"
    else:
        why = "is bound to a behaviour whose target is its baseline"
    return f"{metric} {why}, so only the thresholds were judged."
