"""Read the hot spot a proposal starts from: where it is, what drives it, what is measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.errors import NotFoundError
from app.journeys.models import Baseline, Journey, Touchpoint
from app.journeys.queries import (
    LogScope,
    find_logged_months,
    load_by_reason,
    load_log_frame,
    load_versions,
)
from app.journeys.rules import (
    BY_HAND,
    Audience,
    FigureKind,
    Logged,
    Measured,
    MonthSpan,
    log_span,
    log_spans,
)


@dataclass(frozen=True, slots=True)
class LoggedReason:
    """What the log says about one reason at a touchpoint: in which months, by which sources."""

    reason: str
    logged: Logged
    span: MonthSpan
    sources: tuple[str, ...]
    audience: Audience


@dataclass(frozen=True, slots=True)
class Spot:
    """A touchpoint with the reason somebody wants to work on, or with its last figures.

    ``measured_on`` is the day its satisfaction was measured, in the last version or one before.
    """

    touchpoint: Touchpoint
    driver: LoggedReason | None
    baseline: Baseline | None
    measured: Measured | None
    measured_on: date | None = None


def get_spot_journey(session: Session, journey_id: int) -> Journey:
    """Give the journey a proposal starts from. Raises NotFoundError."""
    journey = session.get(Journey, journey_id)
    if journey is None or not journey.is_in_use:
        raise NotFoundError("There is no such journey in use.")
    return journey


def get_spot(
    session: Session,
    journey_id: int,
    touchpoint_id: int,
    *,
    reason: str | None,
    who: str = "",
    period: str = "",
) -> Spot:
    """Give a hot spot as an address names it.

    ``who`` and ``period`` are those of the journey's pages. Raises NotFoundError for a touchpoint,
    customers, months or a reason that the journey or its log does not know.
    """
    places = session.scalars(
        select(Touchpoint)
        .where(Touchpoint.journey_id == journey_id)
        .options(joinedload(Touchpoint.stage))
    )
    touchpoint = next((one for one in places if one.id == touchpoint_id), None)
    if touchpoint is None:
        raise NotFoundError("This journey has no such touchpoint.")
    baselines = list(
        session.scalars(
            select(Baseline).where(Baseline.journey_id == journey_id).order_by(Baseline.number)
        )
    )
    if reason is not None:
        driver = _driver(session, touchpoint, baselines, reason, who, period)
        return Spot(touchpoint, driver, None, None)
    last = baselines[-1] if baselines else None
    figures, origins = load_versions(session, [last.id])[last.id] if last else ({}, {})
    origin = origins.get(touchpoint_id, {}).get(FigureKind.SATISFACTION, BY_HAND)
    measured_on = origin.measured_on or (last.measured_on if last else None)
    return Spot(touchpoint, None, last, figures.get(touchpoint_id), measured_on)


def _driver(
    session: Session,
    touchpoint: Touchpoint,
    baselines: list[Baseline],
    reason: str,
    who: str,
    period: str,
) -> LoggedReason:
    journey_id = touchpoint.journey_id
    logged = find_logged_months(session, journey_id)
    spans = log_spans(logged, [(one.number, one.measured_on) for one in baselines])
    audience = Audience.parse(who)
    span = log_span(period, spans)
    if audience is None or span is None:
        raise NotFoundError("The log of this journey knows no such customers or months.")
    by_reason = load_by_reason(session, LogScope(journey_id, span, audience), touchpoint.id)
    if reason not in by_reason:
        raise NotFoundError("Nobody got in touch here for this reason in these months.")
    _, sources = load_log_frame(session, journey_id, span)
    return LoggedReason(reason, by_reason[reason], span, tuple(sources), audience)
