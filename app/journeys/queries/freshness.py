"""Read which journeys in use stand on measurements that are too old, in one query."""

from __future__ import annotations

from datetime import date
from functools import cache

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from app.journeys.models import Baseline, FigureOrigin, Journey
from app.journeys.rules import JUDGED_BY_PEOPLE, StaleBaselines, stale_baseline
from app.values.names import by_name


def load_stale_baselines(session: Session, *, today: date, limit_days: int) -> StaleBaselines:
    """Every journey in use by the oldest measurement that its last version keeps or made."""
    found = (
        stale_baseline(
            key, name, measured_on, oldest_on=oldest_on, today=today, limit_days=limit_days
        )
        for key, name, measured_on, oldest_on in session.execute(_oldest_in_use())
    )
    stale = by_name((one for one in found if one), lambda one: one.name)
    return StaleBaselines({one.key: one for one in stale})


@cache
def _oldest_in_use() -> Select[str, str, date | None, date | None]:
    """Every page asks this, and putting it together takes longer than its answer."""
    last, first, newer = aliased(Baseline), aliased(Baseline), aliased(Baseline)
    newest = select(func.max(newer.number)).where(newer.journey_id == Journey.id).scalar_subquery()
    return (
        select(Journey.key, Journey.name, last.measured_on, func.min(first.measured_on))
        .select_from(Journey)
        .outerjoin(last, (last.journey_id == Journey.id) & (last.number == newest))
        .outerjoin(
            FigureOrigin,
            (FigureOrigin.baseline_id == last.id)
            & FigureOrigin.kept_from.is_not(None)
            & FigureOrigin.figure.not_in(JUDGED_BY_PEOPLE),
        )
        .outerjoin(
            first, (first.journey_id == Journey.id) & (first.number == FigureOrigin.kept_from)
        )
        .where(Journey.is_in_use)
        .group_by(Journey.key, Journey.name, last.measured_on)
    )


def load_oldest_kept(session: Session, journey_id: int) -> dict[int, date]:
    """The day of the oldest measurement that each version of a journey keeps, by baseline id.

    Judgements are no measurements; versions that keep none are left out.
    """
    first = aliased(Baseline)
    query = (
        select(Baseline.id, func.min(first.measured_on))
        .select_from(Baseline)
        .join(FigureOrigin, FigureOrigin.baseline_id == Baseline.id)
        .join(
            first,
            (first.journey_id == Baseline.journey_id) & (first.number == FigureOrigin.kept_from),
        )
        .where(Baseline.journey_id == journey_id, FigureOrigin.figure.not_in(JUDGED_BY_PEOPLE))
        .group_by(Baseline.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
