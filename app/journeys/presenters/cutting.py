"""A new version as a grid: every input with what the log or the last version says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.journeys.models import Baseline, Journey
from app.journeys.presenters.looks import Figures
from app.journeys.presenters.origins import Origins, origin_words
from app.journeys.rules import (
    BY_HAND,
    FigureKind,
    LogSource,
    MonthSpan,
    Origin,
    OriginKind,
    figure_of,
)
from app.journeys.services import LogCut
from app.values.written import month_words
from app.web.filters import counted, day, number


@dataclass(frozen=True, slots=True)
class LastVersion:
    """The version a new one begins from, with its figures and where they come from."""

    baseline: Baseline
    figures: Figures
    origins: Origins


def cut_words(
    journey: Journey, cut: LogCut, last: LastVersion | None
) -> dict[int, dict[FigureKind, str]]:
    """What the log says of every figure, or since when it is kept, by touchpoint id and kind."""
    kept = kept_words(journey, last)
    return {
        one.id: {
            kind: origin_words(kind, cut.figures[one.id][kind].origin, journey.currency)
            if kind in cut.figures.get(one.id, {})
            else kept[one.id].get(kind, "not in the log")
            for kind in FigureKind
        }
        for one in journey.shown_touchpoints
    }


def kept_words(journey: Journey, last: LastVersion | None) -> dict[int, dict[FigureKind, str]]:
    """Which version a figure is kept from and when it was measured, by touchpoint id and kind."""
    if last is None:
        return {one.id: {} for one in journey.shown_touchpoints}
    return {
        one.id: {
            kind: origin_words(kind, _kept(kind, one.id, last), journey.currency)
            for kind in FigureKind
            if one.id in last.figures and figure_of(last.figures[one.id], kind) is not None
        }
        for one in journey.shown_touchpoints
    }


def _kept(kind: FigureKind, touchpoint_id: int, last: LastVersion) -> Origin:
    before = last.origins.get(touchpoint_id, {}).get(kind, BY_HAND)
    return Origin(
        OriginKind.KEPT,
        kept_from=before.kept_from or last.baseline.number,
        measured_on=before.measured_on or last.baseline.measured_on,
    )


def month_choices(sources: Sequence[LogSource], period: MonthSpan | None) -> list[tuple[str, str]]:
    """Every month that is logged or asked for, as (first day, words)."""
    days = [one.first_on for one in sources] + [one.last_on for one in sources]
    days += [period.first, period.last] if period else []
    months = MonthSpan.through(min(days), max(days)).each() if days else []
    return [(one.isoformat(), f"{month_words(one)}") for one in months]


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
