"""Ask which journeys the values of initiatives stand on, to mark those measured too long ago."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.initiatives.models import Effect, Initiative, Option
from app.initiatives.rules import IN_PORTFOLIO
from app.journeys.models import Journey, LeverPool


def load_journeys_under(session: Session, initiative_ids: Collection[int]) -> dict[int, list[str]]:
    """Keys of the journeys whose pools any option works on, by initiative id, in one query.

    An initiative that works on no pool is left out.
    """
    if not initiative_ids:
        return {}
    found: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(_pairs().where(Option.initiative_id.in_(initiative_ids)))
    for initiative_id, key in rows:
        found[initiative_id].append(key)
    return dict(found)


def list_journeys_under_plans(session: Session, cycle_id: int) -> list[str]:
    """Keys of the journeys on whose pools the plans of a cycle stand: those of what is live."""
    stands = (
        select(Effect.id)
        .join(LeverPool, LeverPool.id == Effect.pool_id)
        .join(Option, Option.id == Effect.option_id)
        .join(Initiative, Initiative.id == Option.initiative_id)
        .where(
            LeverPool.journey_id == Journey.id,
            Initiative.cycle_id == cycle_id,
            Initiative.state.in_(IN_PORTFOLIO),
        )
        .exists()
    )
    return sorted(session.scalars(select(Journey.key).where(stands)))


def _pairs() -> Select[int, str]:
    return (
        select(Option.initiative_id, Journey.key)
        .distinct()
        .select_from(Effect)
        .join(Option, Option.id == Effect.option_id)
        .join(LeverPool, LeverPool.id == Effect.pool_id)
        .join(Journey, Journey.id == LeverPool.journey_id)
        .order_by(Option.initiative_id, Journey.key)
    )
