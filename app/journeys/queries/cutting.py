"""Read what a baseline is cut from, and where the figures of baselines come from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.journeys.models import (
    Baseline,
    FigureOrigin,
    InteractionMonth,
    InteractionSource,
    Touchpoint,
    TouchpointFigure,
)
from app.journeys.queries.journeys import measured
from app.journeys.queries.sums import COUNTS, SUMS, logged
from app.journeys.rules import (
    FigureKind,
    LoggedMonth,
    LogSource,
    Measured,
    MonthSpan,
    Origin,
    OriginKind,
    stated_share,
)

VersionFigures = tuple[dict[int, Measured], dict[int, dict[FigureKind, Origin]]]
"""Figures by touchpoint id, and their origins by touchpoint id and kind."""

_STATED_IN = ("title", "source")
"""Where a source's mapping may say that its log is a sample."""
_MEASURED = aliased(Baseline)
_MEASURED_HERE = (_MEASURED.journey_id == Baseline.journey_id) & (
    _MEASURED.number == func.coalesce(FigureOrigin.kept_from, Baseline.number)
)
"""The version that measured a figure: its own, or the one it was kept from."""


def load_versions(session: Session, baseline_ids: Iterable[int]) -> dict[int, VersionFigures]:
    """The figures of baselines with where they come from, by baseline id, in one query.

    A kept figure has day, months, sample and error of the version that measured it; one without an
    origin was entered by hand.
    """
    wanted = list(baseline_ids)
    found: dict[int, VersionFigures] = {one: ({}, {}) for one in wanted}
    first = aliased(FigureOrigin)
    query = (
        select(TouchpointFigure, FigureOrigin, _MEASURED, first)
        .select_from(TouchpointFigure)
        .join(Baseline, Baseline.id == TouchpointFigure.baseline_id)
        .outerjoin(
            FigureOrigin,
            (FigureOrigin.baseline_id == TouchpointFigure.baseline_id)
            & (FigureOrigin.touchpoint_id == TouchpointFigure.touchpoint_id),
        )
        .outerjoin(_MEASURED, _MEASURED_HERE)
        .outerjoin(
            first,
            (first.baseline_id == _MEASURED.id)
            & (first.touchpoint_id == FigureOrigin.touchpoint_id)
            & (first.figure == FigureOrigin.figure),
        )
        .where(TouchpointFigure.baseline_id.in_(wanted))
    )
    for figure, one, version, first_measured in session.execute(query) if wanted else ():
        figures, origins = found[figure.baseline_id]
        figures[figure.touchpoint_id] = measured(figure)
        if one is not None:
            place = origins.setdefault(figure.touchpoint_id, {})
            place[one.figure] = _origin(one, version, first_measured or one)
    return found


def load_origins(
    session: Session, baseline_ids: Iterable[int]
) -> dict[int, dict[int, dict[FigureKind, Origin]]]:
    """Where the figures of baselines come from, by baseline id, touchpoint id and kind."""
    return {id_: origins for id_, (_, origins) in load_versions(session, baseline_ids).items()}


def _origin(one: FigureOrigin, version: Baseline, measuring: FigureOrigin) -> Origin:
    """An origin with what the ``version`` and its ``measuring`` row say of the measurement."""
    first, last = version.logged_from, version.logged_to
    is_counted = measuring.kind is OriginKind.LOG
    return Origin(
        one.kind, measuring.sample, measuring.error, one.logged, one.kept_from, one.note,
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
        LogSource(
            one.id, one.name, one.first_on, one.last_on,
            stated_share(one.name, *(str(one.mapping.get(said, "")) for said in _STATED_IN)),
            _told_apart(one),
        )
        for one in session.scalars(query)
        if one.first_on is not None and one.last_on is not None
    ]  # fmt: skip


def _told_apart(source: InteractionSource) -> frozenset[int]:
    """The earlier imports whose rows it left out or took the place of, as its lineage says."""
    known: Any = (source.lineage or {}).get("known", [])
    return frozenset(int(one["source_id"]) for one in known)


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
