"""Read what a baseline is cut from, and where the figures of baselines come from."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.journeys.models import (
    Baseline,
    FigureOrigin,
    InteractionMonth,
    InteractionSource,
    Touchpoint,
)
from app.journeys.queries.sums import COUNTS, SUMS, logged
from app.journeys.rules import FigureKind, LoggedMonth, LogSource, MonthSpan, Origin, OriginKind

_MEASURED = aliased(Baseline)
_MEASURED_HERE = (_MEASURED.journey_id == Baseline.journey_id) & (
    _MEASURED.number == func.coalesce(FigureOrigin.kept_from, Baseline.number)
)
"""The version that measured a figure: its own, or the one it was kept from."""


def load_origins(
    session: Session, baseline_ids: Iterable[int]
) -> dict[int, dict[int, dict[FigureKind, Origin]]]:
    """Where the figures of baselines come from, by baseline id, touchpoint id and kind.

    A kept figure has day, months, sample and error of the version that measured it.
    """
    wanted = list(baseline_ids)
    found: dict[int, dict[int, dict[FigureKind, Origin]]] = {one: {} for one in wanted}
    first = aliased(FigureOrigin)
    query = (
        select(FigureOrigin, _MEASURED, first)
        .select_from(FigureOrigin)
        .join(Baseline, Baseline.id == FigureOrigin.baseline_id)
        .join(_MEASURED, _MEASURED_HERE)
        .outerjoin(
            first,
            (first.baseline_id == _MEASURED.id)
            & (first.touchpoint_id == FigureOrigin.touchpoint_id)
            & (first.figure == FigureOrigin.figure),
        )
        .where(FigureOrigin.baseline_id.in_(wanted))
    )
    for one, version, measured in session.execute(query):
        place = found[one.baseline_id].setdefault(one.touchpoint_id, {})
        place[one.figure] = _origin(one, version, measured or one)
    return found


def _origin(one: FigureOrigin, version: Baseline, measured: FigureOrigin) -> Origin:
    first, last = version.logged_from, version.logged_to
    is_counted = measured.kind is OriginKind.LOG
    return Origin(
        one.kind, measured.sample, measured.error, one.logged, one.kept_from, one.note,
        measured_on=version.measured_on,
        months=MonthSpan.through(first, last) if is_counted and first and last else None,
    )  # fmt: skip


def list_log_sources(session: Session, touchpoint_ids: Collection[int]) -> list[LogSource]:
    """The sources that have contacts at any of these touchpoints, and the days theirs span."""
    places = InteractionMonth.touchpoint_id.in_(touchpoint_ids)
    query = (
        select(InteractionSource)
        .where(InteractionSource.id.in_(select(InteractionMonth.source_id).where(places, COUNTS)))
        .order_by(InteractionSource.id)
    )
    return [
        LogSource(one.id, one.name, one.first_on, one.last_on)
        for one in session.scalars(query)
        if one.first_on is not None and one.last_on is not None
    ]


def load_logged_months(
    session: Session, journey_id: int, period: MonthSpan, *, without: Collection[int] = ()
) -> list[LoggedMonth]:
    """What was logged of a journey in a period, per touchpoint, source and month.

    Sources whose ids are in ``without`` are left out.
    """
    cell = (InteractionMonth.touchpoint_id, InteractionMonth.source_id, InteractionMonth.month)
    query = (
        select(*cell, *SUMS)
        .join(Touchpoint, Touchpoint.id == InteractionMonth.touchpoint_id)
        .where(
            Touchpoint.journey_id == journey_id,
            COUNTS,
            InteractionMonth.source_id.not_in(without),
            InteractionMonth.month >= period.first,
            InteractionMonth.month < period.end,
        )
        .group_by(*cell)
        .order_by(*cell)
    )
    return [
        LoggedMonth(touchpoint_id, source_id, month, logged(sums))
        for touchpoint_id, source_id, month, *sums in session.execute(query)
    ]
