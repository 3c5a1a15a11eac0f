"""Read what a baseline is cut from, and where the figures of baselines come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.journeys.models import FigureOrigin, InteractionMonth, InteractionSource, Touchpoint
from app.journeys.rules import FigureKind, LoggedMonth, LogSource, Origin, Period, SourceState


def load_origins(
    session: Session, baseline_ids: Iterable[int]
) -> dict[int, dict[int, dict[FigureKind, Origin]]]:
    """Where the figures of baselines come from, by baseline id, touchpoint id and kind."""
    wanted = list(baseline_ids)
    found: dict[int, dict[int, dict[FigureKind, Origin]]] = {one: {} for one in wanted}
    query = select(FigureOrigin).where(FigureOrigin.baseline_id.in_(wanted))
    for one in session.scalars(query):
        place = found[one.baseline_id].setdefault(one.touchpoint_id, {})
        place[one.figure] = Origin(
            one.kind, one.sample, one.error, one.logged, one.kept_from, one.note
        )
    return found


def list_log_sources(session: Session, journey_id: int) -> list[LogSource]:
    """The counted sources with contacts of a journey and the days their contacts span."""
    query = (
        select(InteractionSource)
        .where(
            InteractionSource.state == SourceState.COUNTED,
            InteractionSource.id.in_(
                select(InteractionMonth.source_id)
                .join(Touchpoint, Touchpoint.id == InteractionMonth.touchpoint_id)
                .where(Touchpoint.journey_id == journey_id)
            ),
        )
        .order_by(InteractionSource.id)
    )
    return [
        LogSource(one.id, one.name, one.first_on, one.last_on)
        for one in session.scalars(query)
        if one.first_on is not None and one.last_on is not None
    ]


_SUMMED = (
    InteractionMonth.contacts,
    InteractionMonth.judged,
    InteractionMonth.unmet,
    InteractionMonth.costed,
    InteractionMonth.cost_minor,
    InteractionMonth.timed,
    InteractionMonth.minutes,
    InteractionMonth.scored,
    InteractionMonth.score_sum,
)


def load_logged_months(
    session: Session, journey_id: int, source_ids: Iterable[int], period: Period
) -> list[LoggedMonth]:
    """What some sources logged of a journey in a period, per touchpoint, source and month."""
    cell = (InteractionMonth.touchpoint_id, InteractionMonth.source_id, InteractionMonth.month)
    sums = [func.sum(one, type_=one.type).label(one.key) for one in _SUMMED]
    query = (
        select(*cell, *sums)
        .join(Touchpoint, Touchpoint.id == InteractionMonth.touchpoint_id)
        .where(
            Touchpoint.journey_id == journey_id,
            InteractionMonth.source_id.in_(list(source_ids)),
            InteractionMonth.month.between(period.first, period.last),
        )
        .group_by(*cell)
        .order_by(*cell)
    )
    return [_logged(row) for row in session.execute(query)]


def _logged(row: Any) -> LoggedMonth:
    """Sums as whole numbers: PostgreSQL gives those of counts as decimals."""
    return LoggedMonth(
        touchpoint_id=row.touchpoint_id,
        source_id=row.source_id,
        month=row.month,
        contacts=int(row.contacts),
        judged=int(row.judged),
        unmet=int(row.unmet),
        costed=int(row.costed),
        cost_minor=int(row.cost_minor),
        timed=int(row.timed),
        minutes=row.minutes,
        scored=int(row.scored),
        score_sum=row.score_sum,
    )
