"""Read which journeys in use were measured too long ago, in one query."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.journeys.models import Baseline, Journey
from app.journeys.rules import StaleBaselines, stale_baseline


def load_stale_baselines(session: Session, *, today: date, limit_days: int) -> StaleBaselines:
    """A version is never older than the one before, so the latest day is the last version's."""
    query = (
        select(Journey.key, Journey.name, func.max(Baseline.measured_on))
        .outerjoin(Baseline, Baseline.journey_id == Journey.id)
        .where(Journey.is_in_use)
        .group_by(Journey.key, Journey.name)
        .order_by(Journey.name)
    )
    found = (
        stale_baseline(key, name, measured_on, today=today, limit_days=limit_days)
        for key, name, measured_on in session.execute(query)
    )
    return StaleBaselines({one.key: one for one in found if one})
