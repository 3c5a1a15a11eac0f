"""Read the newest figures that pool inputs may be bound to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.journeys.models import Baseline, Touchpoint
from app.journeys.queries.journeys import load_figures
from app.journeys.rules import Measured


@dataclass(frozen=True, slots=True)
class LastFigures:
    """The newest baseline of a journey with its figures by touchpoint id."""

    baseline: Baseline
    figures: Mapping[int, Measured]


def find_last_figures(session: Session, journey_id: int) -> LastFigures | None:
    """None while the journey was never measured."""
    query = select(Baseline).where(Baseline.journey_id == journey_id)
    baseline = session.scalar(query.order_by(Baseline.number.desc()).limit(1))
    if baseline is None:
        return None
    return LastFigures(baseline, load_figures(session, [baseline.id])[baseline.id])


def list_touchpoints(session: Session, journey_id: int) -> list[Touchpoint]:
    """The touchpoints of a journey with their stages."""
    query = select(Touchpoint).where(Touchpoint.journey_id == journey_id)
    return list(session.scalars(query.options(joinedload(Touchpoint.stage))))
