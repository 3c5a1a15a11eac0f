"""What earlier stations ask of initiatives: who acts where, who claims what, what ties a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.calendar.queries import CURRENCY_TIES
from app.initiatives.models import Effect, Initiative, InitiativeTouchpoint, Option
from app.initiatives.rules import (
    IN_PORTFOLIO,
    OVER,
    EvidenceGrade,
    InitiativeState,
    not_live_yet,
    tone_of,
)
from app.journeys.queries import POOL_CLAIMS, TOUCHPOINT_COVERS, Acting, PoolClaim
from app.journeys.rules import intensity

_DECIDED = frozenset({InitiativeState.APPROVED, InitiativeState.SUSTAINED})
"""States of which the approving station says what they claim: the option that was approved."""


def covers(session: Session, journey_id: int | None) -> Mapping[int, list[Acting]]:
    """The initiatives that change each touchpoint of a journey, or of all journeys, by key."""
    found: dict[int, list[Acting]] = {}
    query = (
        select(
            InitiativeTouchpoint.touchpoint_id, Initiative.key, Initiative.title, Initiative.state
        )
        .join(Initiative, Initiative.id == InitiativeTouchpoint.initiative_id)
        .order_by(Initiative.key)
    )
    if journey_id is not None:
        query = query.where(Initiative.journey_id == journey_id)
    for touchpoint_id, key, title, state in session.execute(query):
        found.setdefault(touchpoint_id, []).append(Acting(key, title, *_STANDS[state]))
    return found


_STANDS = {
    state: (state.word, tone_of(state), state in IN_PORTFOLIO, not_live_yet(state))
    for state in InitiativeState
}
"""How a state is told of who acts: word, tone, whether it is live and why not yet."""


def proposed_claims(session: Session) -> list[PoolClaim]:
    """What candidates claim of the pools under their full option."""
    last = aliased(Option)
    is_full = Option.position == (
        select(func.max(last.position))
        .where(last.initiative_id == Option.initiative_id)
        .scalar_subquery()
    )
    wanted = summed_claims().join(Initiative, Initiative.id == Option.initiative_id)
    rows = session.execute(wanted.where(is_full, Initiative.state.in_(IN_PORTFOLIO - _DECIDED)))
    return claims_of(rows, is_decided=False)


def summed_claims() -> Select[int, Decimal, EvidenceGrade, int]:
    """How often each removal share is claimed of each pool at each grade; to be narrowed down."""
    return (
        select(Effect.pool_id, Effect.removal_share, Effect.grade, func.count())
        .select_from(Effect)
        .join(Option, Option.id == Effect.option_id)
        .group_by(Effect.pool_id, Effect.removal_share, Effect.grade)
    )


def claims_of(rows: Iterable[Any], *, is_decided: bool) -> list[PoolClaim]:
    """Rows of `summed_claims` as intensities at full effect, after their haircuts."""
    return [
        PoolClaim(pool_id, count * intensity(removal, grade.haircut), is_decided)
        for pool_id, removal, grade, count in rows
    ]


def currency_tie(session: Session, cycle_id: int) -> str | None:
    """Why a cycle's currency has to stay: initiatives are proposed for it."""
    proposed = exists().where(Initiative.cycle_id == cycle_id, Initiative.state.not_in(OVER))
    if session.scalar(select(proposed)):
        return "Initiatives are proposed for it in its currency."
    return None


TOUCHPOINT_COVERS.append(covers)
POOL_CLAIMS.append(proposed_claims)
CURRENCY_TIES.append(currency_tie)
