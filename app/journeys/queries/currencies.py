"""In which currency amounts of journeys and pools stand, for the audit trail."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select

from app.journeys.models import Journey, LeverPool


def journey_currencies(ids: Collection[int]) -> Select[int, str]:
    """Id and currency of journeys; it stays as soon as a baseline or a pool stands in it."""
    return select(Journey.id, Journey.currency).where(Journey.id.in_(ids))


def pool_currencies(ids: Collection[int]) -> Select[int, str]:
    """Id of pools and the currency of their journey."""
    return (
        select(LeverPool.id, Journey.currency)
        .join(Journey, Journey.id == LeverPool.journey_id)
        .where(LeverPool.id.in_(ids))
    )
