"""How claims fit into what limits them: Finance's control totals and the churn of a segment."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from app.calendar.rules import written_share
from app.errors import InvalidError
from app.journeys.models import Journey, LeverPool
from app.journeys.queries import list_claims, list_control_totals, retain_shares
from app.journeys.rules import (
    CONTROLLED,
    Lever,
    PoolState,
    ceiling_of,
    certified_minor,
    claims_on,
    excess_words,
    missing_words,
)


def limit_faults(session: Session, journey: Journey, pool: LeverPool) -> list[str]:
    """Why a pool does not fit beside what is certified already, as sentences."""
    if pool.lever in CONTROLLED:
        return _control_faults(session, pool)
    if pool.lever is not Lever.RETAIN:
        return []
    shares = retain_shares(session, journey.segment)
    counted = [
        s for id_, (s, state) in shares.items() if state is PoolState.CERTIFIED or id_ == pool.id
    ]
    return _overclaim(journey, counted)


def _control_faults(session: Session, pool: LeverPool) -> list[str]:
    """Why a pool does not fit under Finance's control total together with what is certified."""
    claims = list_claims(session)
    claim = next(one for one in claims if one.pool_id == pool.id)
    ceiling = ceiling_of(claim, [one.ceiling for one in list_control_totals(session)])
    if ceiling is None:
        return [missing_words(claim)]
    total = certified_minor(claims_on(ceiling, claims), besides=pool.id)
    excess = excess_words(ceiling, total)
    return [excess] if excess else []


def control_excesses(session: Session, journey: Journey) -> list[str]:
    """How far all claims on the control totals of a journey's pools exceed them, as sentences.

    A certified pool outside any total is named too: nobody knows whether it fits.
    """
    claims = list_claims(session)
    ceilings = [one.ceiling for one in list_control_totals(session)]
    own = [one for one in claims if one.journey_key == journey.key]
    touched = {found.id: found for one in own if (found := ceiling_of(one, ceilings))}
    said = [
        excess_words(
            ceiling,
            sum(
                one.minor
                for one in claims_on(ceiling, claims)
                if one.is_in_use or one.state is PoolState.CERTIFIED
            ),
        )
        for ceiling in touched.values()
    ]
    lacking = [
        f"{one.lever.word}: {missing_words(one)}"
        for one in own
        if one.state is PoolState.CERTIFIED and ceiling_of(one, ceilings) is None
    ]
    return [*(words for words in said if words), *lacking]


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


def check_churn(session: Session, journey: Journey) -> None:
    """Refuse a segment whose certified retain pools would claim more churn than there is."""
    certified = [
        share
        for share, state in retain_shares(session, journey.segment).values()
        if state is PoolState.CERTIFIED
    ]
    if sum(certified, Decimal(0)) > 1:
        raise InvalidError(
            "The certified retain pools of this segment would claim more than all of its churn; "
            "take a certification back first.",
            field="segment",
        )
