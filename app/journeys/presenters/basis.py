"""What the figures on a page stand on: which baseline, or which months of which sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.journeys.models import Baseline
from app.journeys.presenters.looks import Look, adds_up
from app.journeys.rules import FEWEST_JUDGED, Change, MonthSpan
from app.web.filters import counted, day, number

MOST_SOURCES = 3
_WORTH_SAYING = (Change.CLEAR, Change.WITHIN, Change.SHARED, Change.UNTESTED)


def span_words(span: MonthSpan) -> str:
    """Months for reading: Feb 2026 to Jan 2027."""
    if span.months == 1:
        return _month(span.first)
    return f"{_month(span.first)} to {_month(span.last)}"


def _month(first: date) -> str:
    return day(first).split(" ", 1)[1]


def source_words(sources: Sequence[str]) -> str:
    """The sources by name, the first few of many."""
    left = len(sources) - MOST_SOURCES
    named = ", ".join(sources[:MOST_SOURCES])
    return f"{named} and {left} more" if left > 0 else named


def log_words(span: MonthSpan, sources: Sequence[str]) -> str:
    """Which months of the contact log, and from where."""
    return f"contact log, {span_words(span)} · {source_words(sources)}"


def basis_words(
    look: Look,
    baseline: Baseline | None,
    against: Baseline | None,
    span: MonthSpan | None,
    sources: Sequence[str],
) -> str:
    """What the cells of a heat map stand on and what their trend compares."""
    if look.is_logged:
        if span is None:
            return "no contact log yet"
        trend = "" if look.nothing else f", {_log_trend_words(look, span)}"
        return f"{log_words(span, sources)}{trend}"
    if baseline is None:
        return "no baseline yet"
    trend = f", trend against baseline {against.number}{_told(look)}" if against else ""
    return f"baseline {baseline.number} of {day(baseline.measured_on)}{trend} · {baseline.source}"


def _log_trend_words(look: Look, span: MonthSpan) -> str:
    """What cells of the log are compared with, or why with nothing."""
    before = f"the {counted(span.months, 'month')} before"
    if adds_up(look.key):
        if not look.compared:
            return f"no trend, since the log does not cover all of these and of {before}"
        return f"trend against {before}, where the log covers all of both{_told(look)}"
    done = "scored" if look.key == "satisfaction" else "judged"
    if not look.compared:
        return (
            f"no trend, since nowhere {FEWEST_JUDGED} contacts were {done} in these and in {before}"
        )
    return (
        f"trend against {before}, where at least {FEWEST_JUDGED} contacts were {done} in both"
        f"{_told(look)}"
    )


def _told(look: Look) -> str:
    """How many changes are more than chance, and how many are not or can't be told."""
    said = [f"{number(look.told[one])} {one.word}" for one in _WORTH_SAYING if look.told.get(one)]
    return f" ({'; '.join(said)})" if said else ""
