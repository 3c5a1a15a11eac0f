"""Read the part of a commitment's money that one hurdle holds, and nothing else."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.approvals.models import Tranche
from app.errors import NotFoundError
from app.initiatives.models import Milestone

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
