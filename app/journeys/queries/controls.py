"""Read Finance's control totals and the claims that count against them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Person
from app.errors import NotFoundError
from app.journeys.models import ControlTotal, Journey, LeverPool, PoolControl
from app.journeys.rules import CONTROLLED, Claim
from app.values.names import by_name

_PEOPLE = (
    joinedload(ControlTotal.owner).lazyload(Person.grants),
    joinedload(ControlTotal.set_by).lazyload(Person.grants),
)


def list_control_totals(session: Session) -> list[ControlTotal]:
    """Give Finance's control totals as they are stored now, cost centres first, by name.

    What the session has loaded before is read again: certifying goes by the amount after its lock.
    """
    query = select(ControlTotal).options(*_PEOPLE)
    found = session.scalars(
        query.order_by(ControlTotal.id), execution_options={"populate_existing": True}
    )
    return sorted(by_name(found, lambda one: one.name), key=lambda one: one.kind.value)


def get_control_total(session: Session, total_id: int) -> ControlTotal:
    """Raises NotFoundError."""
    query = select(ControlTotal).where(ControlTotal.id == total_id)
    total = session.scalar(query.options(*_PEOPLE))
    if total is None:
        raise NotFoundError("There is no such control total.")
    return total


def list_claims(session: Session) -> list[Claim]:
    """Every pool of a lever that control totals limit, by journey and lever; one query."""
    query = (
        select(
            LeverPool.id, Journey.key, Journey.name, LeverPool.lever, LeverPool.state,
            LeverPool.annual_value_minor, Journey.currency, PoolControl.control_total_id,
            Journey.is_in_use,
        )
        .join(Journey, Journey.id == LeverPool.journey_id)
        .outerjoin(PoolControl, PoolControl.pool_id == LeverPool.id)
        .where(LeverPool.lever.in_(CONTROLLED))
        .order_by(LeverPool.lever)
    )  # fmt: skip
    return by_name((Claim(*row) for row in session.execute(query)), lambda one: one.journey)


def lock_pools(session: Session) -> None:
    """Hold every pool until the end, so that two certifications never pass the same room."""
    session.execute(select(LeverPool.id).order_by(LeverPool.id).with_for_update()).all()
