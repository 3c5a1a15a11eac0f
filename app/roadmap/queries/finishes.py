"""Where initiatives finished early, and whether what was agreed there was met."""

from __future__ import annotations

from sqlalchemy import case, or_, select

from app.approvals.models import Tranche
from app.approvals.queries.balances import FINISHES
from app.roadmap.models import HurdleDecision
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.judging import ONLY_IF_MET

_RELEASABLE = HurdleDecision.recommended.in_((HurdleAction.RELEASE, HurdleAction.FINISH))
_TOO_LITTLE = [HurdleDecision.grounds.contains(one, autoescape=True) for one in ONLY_IF_MET]

FINISHED_MET = (
    select(case((or_(_RELEASABLE, *_TOO_LITTLE), 1), else_=0))
    .where(HurdleDecision.tranche_id == Tranche.id, HurdleDecision.action == HurdleAction.FINISH)
    .correlate(Tranche)
    .scalar_subquery()
)
"""Whether the agreed criteria were met where it finished early, as the decision says: the figures
recommend to release or to finish, or name what they name only of criteria that are met."""

FINISHES.append(FINISHED_MET)
