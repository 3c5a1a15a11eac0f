"""Certify what a lever could yield with other hands than those that claimed it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.journeys.models import Journey, LeverPool
from app.journeys.queries import find_last_figures, lock_pools
from app.journeys.rules import PoolState
from app.journeys.services.bindings import unfollowed_inputs
from app.journeys.services.limits import limit_faults
from app.values.money import Money

_PERMISSION = "pools.certify"


def certify_pool(
    session: Session,
    journey: Journey,
    pool: LeverPool,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Take a claimed pool as Finance's own control total, exactly the version looked at.

    Raises NotAllowedError for other roles and for hands that claimed or own it, ConflictError
    when it has changed since, is certified, or overclaims the segment's churn.
    """
    _check_hands(pool, actor)
    if pool.version != expected_version:
        raise ConflictError("The pool has changed since you looked at it. Look at it again.")
    lock_pools(session)
    session.refresh(journey, ["segment"])  # it may have moved before the lock was ours
    faults = certifying_faults(session, journey, pool)
    if faults:
        raise ConflictError(" ".join(faults))
    pool.state = PoolState.CERTIFIED
    pool.certified_by, pool.certified_at = actor, now
    for one in pool.inputs:
        one.former_value = None
    session.flush()
    value = Money(pool.annual_value_minor, journey.currency)
    record(
        session, actor=actor, action="pool.certified", subject=f"pool:{pool.id}",
        before={"state": PoolState.CLAIMED},
        after={"state": PoolState.CERTIFIED, "value": str(value)}, now=now,
    )  # fmt: skip


def withdraw_certification(
    session: Session,
    journey: Journey,
    pool: LeverPool,
    *,
    reason: str,
    actor: Person,
    now: datetime,
) -> None:
    """Take a certification back, with a reason.

    Raises NotAllowedError, InvalidError without reason, ConflictError if there is none.
    """
    if not actor.may(_PERMISSION):
        raise NotAllowedError("Only Finance certifies pools and takes that back.")
    if pool.state is not PoolState.CERTIFIED:
        raise ConflictError("This pool is not certified.")
    if not reason.strip():
        raise InvalidError("Say why the figures no longer hold.", field="reason")
    pool.state, pool.certified_by, pool.certified_at = PoolState.CLAIMED, None, None
    session.flush()
    record(
        session, actor=actor, action="pool.certification_withdrawn", subject=f"pool:{pool.id}",
        before={"state": PoolState.CERTIFIED}, after={"state": PoolState.CLAIMED},
        reason=reason.strip(), now=now,
    )  # fmt: skip


def certifying_faults(session: Session, journey: Journey, pool: LeverPool) -> list[str]:
    """Why nobody can certify a pool as it stands; who may is another question."""
    if pool.state is PoolState.CERTIFIED:
        return ["It is certified already."]
    if any(one.bound_figure for one in pool.inputs):
        unfollowed = unfollowed_inputs(
            pool, find_last_figures(session, journey.id), journey.currency
        )
        if unfollowed:
            return unfollowed
    return limit_faults(session, journey, pool)


def hands_fault(pool: LeverPool, actor: Person) -> str | None:
    """Why this person may not certify a pool, as a sentence; None if they may."""
    if not actor.may(_PERMISSION):
        return "Only Finance certifies pools."
    if actor.id == pool.claimed_by_id:
        return "You claimed this pool; somebody else in Finance has to certify it."
    if actor.id == pool.owner_id:
        return "You own this pool; somebody else in Finance has to certify it."
    return None


def _check_hands(pool: LeverPool, actor: Person) -> None:
    if fault := hands_fault(pool, actor):
        raise NotAllowedError(fault)
