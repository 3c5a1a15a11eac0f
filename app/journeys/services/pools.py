"""Claim what a lever could yield, and certify it with other hands."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Person
from app.audit.services import record
from app.calendar.rules import written_share
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.journeys.models import Journey, LeverPool, PoolInput
from app.journeys.queries import retain_shares
from app.journeys.rules import (
    LEVER_INPUTS,
    Lever,
    PoolDraft,
    PoolFigure,
    PoolState,
    annual_pool_minor,
    pool_faults,
)
from app.journeys.services.journeys import check_may_edit, check_version
from app.values.money import Money

_PERMISSION = "pools.certify"


def claim_pool(
    session: Session,
    journey: Journey,
    draft: PoolDraft,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> LeverPool:
    """Say what one lever of a journey could yield; ``expected_version`` 0 claims a new pool.

    Any change of a certified pool makes it claimed again. Saving what stands already changes
    nothing. Raises InvalidError by field, and ConflictError when somebody else saved it.
    """
    check_may_edit(actor)
    pool = find_pool(journey, draft.lever)
    before = _described(pool, journey) if pool else {}
    owner = session.get(Person, draft.owner_id)
    yours = _described_draft(draft, owner)
    check_version(pool.version if pool else 0, expected_version, theirs=before, yours=yours)
    faults = pool_faults(draft, today=now.date())
    if owner is None or not owner.is_active:
        faults["owner_id"] = "Choose somebody who can sign in."
    if faults or owner is None:
        raise InvalidError("Some figures of the pool are not possible.", fields=faults)
    if pool is not None and all(before[name] == value for name, value in yours.items()):
        return pool
    if pool is None:
        pool = LeverPool(lever=draft.lever, inputs=[])
        journey.pools.append(pool)
    _take_over(pool, draft, owner, actor, currency=journey.currency)
    session.flush()
    record(
        session, actor=actor, action="pool.claimed", subject=f"pool:{pool.id}",
        before=before or None, after=_described(pool, journey), now=now,
    )  # fmt: skip
    return pool


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
    faults = certifying_faults(session, journey, pool)
    if faults:
        raise ConflictError(" ".join(faults))
    pool.state = PoolState.CERTIFIED
    pool.certified_by, pool.certified_at = actor, now
    session.flush()
    record(
        session, actor=actor, action="pool.certified", subject=f"pool:{pool.id}",
        before={"state": PoolState.CLAIMED},
        after={"state": PoolState.CERTIFIED, "value": str(_value(pool, journey))}, now=now,
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
    if pool.lever is not Lever.RETAIN:
        return []
    shares = retain_shares(session, journey.segment)
    counted = [
        s for id_, (s, state) in shares.items() if state is PoolState.CERTIFIED or id_ == pool.id
    ]
    return _overclaim(journey, counted)


def hands_fault(pool: LeverPool, actor: Person) -> str | None:
    """Why this person may not certify a pool, as a sentence; None if they may."""
    if not actor.may(_PERMISSION):
        return "Only Finance certifies pools."
    if actor.id == pool.claimed_by_id:
        return "You claimed this pool; somebody else in Finance has to certify it."
    if actor.id == pool.owner_id:
        return "You own this pool; somebody else in Finance has to certify it."
    return None


def retain_overclaim(session: Session, journey: Journey) -> str | None:
    """How far all retain pools of the journey's segment together exceed its churn, or None."""
    shares = retain_shares(session, journey.segment).values()
    return next(iter(_overclaim(journey, [share for share, _ in shares])), None)


def _overclaim(journey: Journey, shares: list[Decimal]) -> list[str]:
    total = sum(shares, Decimal(0))
    if total <= 1:
        return []
    return [
        f"The retain pools of “{journey.segment}” together claim {written_share(total)} of its "
        "churn; lower the shares until they fit into 100 %."
    ]


def find_pool(journey: Journey, lever: Lever) -> LeverPool | None:
    """The journey's pool of a lever, if anybody claimed one."""
    return next((pool for pool in journey.pools if pool.lever is lever), None)


def _check_hands(pool: LeverPool, actor: Person) -> None:
    if fault := hands_fault(pool, actor):
        raise NotAllowedError(fault)


def _take_over(
    pool: LeverPool, draft: PoolDraft, owner: Person, actor: Person, *, currency: str
) -> None:
    pool.state = PoolState.CLAIMED
    pool.certified_by, pool.certified_at = None, None
    pool.annual_value_minor = annual_pool_minor(draft.lever, draft.values, currency)
    pool.source, pool.measured_on = draft.source.strip(), draft.measured_on
    pool.owner, pool.claimed_by = owner, actor
    stored = {one.symbol: one for one in pool.inputs}
    given = {figure.symbol: figure for figure in draft.figures}
    for position, spec in enumerate(LEVER_INPUTS[draft.lever]):
        if spec.symbol not in stored:
            stored[spec.symbol] = PoolInput(symbol=spec.symbol)
            pool.inputs.append(stored[spec.symbol])
        _fill(stored[spec.symbol], given[spec.symbol], position)
    if pool.id is not None:
        flag_modified(pool, "source")  # a new version, though only inputs may have changed


def _fill(one: PoolInput, figure: PoolFigure, position: int) -> None:
    one.position = position
    one.value, one.low, one.high = figure.value, figure.low, figure.high
    one.source = figure.source.strip()


def _value(pool: LeverPool, journey: Journey) -> Money:
    return Money(pool.annual_value_minor, journey.currency)


def _described(pool: LeverPool, journey: Journey) -> dict[str, str]:
    described = _described_figures(
        tuple(
            PoolFigure(symbol=i.symbol, value=i.value, low=i.low, high=i.high, source=i.source)
            for i in pool.inputs
        )
    )
    return described | {
        "Source": pool.source,
        "Figures from": pool.measured_on.isoformat(),
        "Owner": pool.owner.name,
        "State": pool.state.word,
        "Annual value": str(_value(pool, journey)),
    }


def _described_draft(draft: PoolDraft, owner: Person | None) -> dict[str, str]:
    return _described_figures(draft.figures) | {
        "Source": draft.source.strip(),
        "Figures from": draft.measured_on.isoformat(),
        "Owner": owner.name if owner else "",
    }


def _described_figures(figures: tuple[PoolFigure, ...]) -> dict[str, str]:
    return {
        f.symbol: " / ".join(_written(v) for v in (f.low, f.value, f.high) if v is not None)
        + (f" ({f.source.strip()})" if f.source.strip() else "")
        for f in figures
    }


def _written(value: Decimal) -> str:
    return f"{value.normalize():f}"
