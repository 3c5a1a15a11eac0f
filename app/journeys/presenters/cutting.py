"""A cut from the log as a grid: every input with what the log or the last version says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.journeys.models import Journey
from app.journeys.presenters.origins import Origins, origin_words
from app.journeys.rules import (
    FigureKind,
    LoggedFigure,
    LogSource,
    MonthSpan,
    Origin,
    OriginKind,
)
from app.journeys.services import LogCut
from app.web.filters import counted, day, number


def cut_words(
    journey: Journey, cut: LogCut, last_origins: Origins
) -> dict[int, dict[FigureKind, str]]:
    """What the log says of every figure, or since when it is kept, by touchpoint id and kind."""
    last = journey.baselines[-1].number if journey.baselines else 0
    return {
        one.id: {
            kind: _said(
                kind, cut.figures.get(one.id, {}), last_origins.get(one.id, {}), last, journey
            )
            for kind in FigureKind
        }
        for one in journey.shown_touchpoints
    }


def _said(
    kind: FigureKind,
    logged: Mapping[FigureKind, LoggedFigure],
    before: Mapping[FigureKind, Origin],
    last: int,
    journey: Journey,
) -> str:
    if kind in logged:
        return origin_words(kind, logged[kind].origin, journey.currency)
    if not last:
        return "not in the log"
    kept = before.get(kind)
    since = kept.kept_from if kept and kept.kept_from else last
    return origin_words(kind, Origin(OriginKind.KEPT, kept_from=since), journey.currency)


def month_choices(sources: Sequence[LogSource], period: MonthSpan | None) -> list[tuple[str, str]]:
    """Every month that is logged or asked for, as (first day, words)."""
    days = [one.first_on for one in sources] + [one.last_on for one in sources]
    days += [period.first, period.last] if period else []
    months = MonthSpan.through(min(days), max(days)).each() if days else []
    return [(one.isoformat(), f"{one:%b %Y}") for one in months]


def cut_facts(cut: LogCut) -> list[tuple[str, str]]:
    """What is counted, in words."""
    if cut.period is None or cut.faults:
        return []
    sampled = f" × {number(cut.one_in)}" if cut.one_in > 1 else ""
    contacts = sum(found[FigureKind.CONTACTS].sample for found in cut.figures.values())
    fewest, most = min(cut.days.values()), max(cut.days.values())
    days, divisor = number(most), number(most)
    if fewest < most:
        days = f"{number(fewest)} to {number(most)}, by touchpoint"
        divisor = "the days covered at the touchpoint"
    return [
        ("Period", f"{day(cut.period.first)} to {day(cut.period.ends_on)}"),
        ("Days the log covers", days),
        ("Contacts counted", f"{number(contacts)} at {counted(len(cut.figures), 'touchpoint')}"),
        ("A year’s contacts", f"contacts counted × 365 ÷ {divisor}{sampled}"),
    ]
