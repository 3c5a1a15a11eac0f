"""Read the part of a commitment's money that one hurdle holds, and nothing else."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.approvals.models import Tranche
from app.errors import NotFoundError
from app.initiatives.models import Milestone
from app.roadmap.models import Evidence

NO_HURDLE = "There is no such hurdle, or it was removed."


def get_tranche(session: Session, tranche_id: int) -> Tranche:
    """A hurdle's part of the money with its milestone's criteria alone. Raises NotFoundError."""
    found = session.scalars(
        select(Tranche)
        .where(Tranche.id == tranche_id)
        .options(joinedload(Tranche.milestone).joinedload(Milestone.criteria))
    )
    tranche = found.unique().one_or_none()
    if tranche is None:
        raise NotFoundError(NO_HURDLE)
    return tranche


def find_last_measured_on(session: Session, tranche_id: int, criterion_id: int) -> date | None:
    """The latest day a criterion was measured for a hurdle, None while it never was."""
    return session.scalar(
        select(func.max(Evidence.measured_on)).where(
            Evidence.criterion_id == criterion_id,
            or_(Evidence.tranche_id.is_(None), Evidence.tranche_id == tranche_id),
        )
    )
