"""Look at what the log says of a journey in a period, before anybody decided anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from sqlalchemy.orm import Session

from app.journeys.models import Journey
from app.journeys.queries import list_log_sources, load_logged_months
from app.journeys.rules import (
    LoggedFigures,
    LoggedMonth,
    LogSource,
    MonthSpan,
    cut_figures,
    days_by_touchpoint,
    default_period,
    period_faults,
    period_warnings,
    sample_faults,
    shared_share,
)
from app.values.canonical import canonical_json
from app.values.written import day_words


@dataclass(frozen=True, slots=True)
class LogCut:
    """What the log says of a journey in a period, hidden stages left out.

    ``sources`` have contacts where the journey shows, ``counted`` are those not left out. ``days``
    covered and ``figures`` are by touchpoint id. ``period`` is None while no whole month is logged.
    The log counts as one contact in ``one_in``; its sources state ``stated_one_in``.
    ``faults`` by field bar the cut; ``digest`` tells whether the log still says the same.
    """

    sources: Sequence[LogSource]
    counted: Sequence[LogSource]
    period: MonthSpan | None
    one_in: int
    stated_one_in: int
    days: Mapping[int, int]
    figures: LoggedFigures
    faults: Mapping[str, str]
    warnings: Sequence[str]

    @property
    def days_covered(self) -> int:
        """Days of the period that the log covers at the touchpoint where it covers most."""
        return max(self.days.values(), default=0)

    @property
    def measured_on(self) -> date | None:
        """The last day of the period that the log covers."""
        if self.period is None or not self.counted:
            return None
        return min(self.period.ends_on, max(one.last_on for one in self.counted))

    @property
    def source_words(self) -> str:
        """What a baseline cut here names as its source, to be changed by a person."""
        if self.period is None or self.faults:
            return ""
        by_month = sorted(self.counted, key=lambda one: (one.first_on, one.last_on, one.id))
        names = ", ".join(f"“{one.name}”" for one in by_month)
        days = f"{day_words(self.period.first)} to {day_words(self.period.ends_on)}"
        sampled = f", one contact in {self.one_in:,}" if self.one_in > 1 else ""
        return f"Contact log {names}, {days}{sampled}"

    def refused(self, faults: Mapping[str, str]) -> LogCut:
        """The same with further faults, of which nothing can be cut."""
        return replace(self, days={}, figures={}, faults={**self.faults, **faults}, warnings=[])

    @property
    def digest(self) -> str:
        said = {
            str(id_): {kind.value: [str(one.value), one.sample] for kind, one in found.items()}
            for id_, found in self.figures.items()
        }
        days = {str(id_): count for id_, count in self.days.items()}
        return sha256(canonical_json([said, days, self.one_in])).hexdigest()


def look_at_log(
    session: Session,
    journey: Journey,
    period: MonthSpan | None = None,
    *,
    without: Collection[int] = (),
    one_in: int | None = None,
    today: date,
) -> LogCut:
    """What the log says of a journey in ``period``, by default the last twelve whole months logged.

    ``without`` are ids of sources not to count; ``one_in`` says that the log is a sample, by
    default what its sources state.
    """
    sources = list_log_sources(session, [one.id for one in journey.shown_touchpoints])
    counted = [one for one in sources if one.id not in without]
    stated = shared_share(counted)
    taken = stated if one_in is None else one_in
    chosen = period or default_period(counted, today=today)
    if chosen is None:
        missing = (
            "No whole month of this journey is logged yet; choose months yourself."
            if counted
            else "No interactions of this journey are logged; import a log first."
        )
        return LogCut(sources, counted, None, taken, stated, {}, {}, {"first": missing}, [])
    months = load_logged_months(session, journey.id, chosen, without=without)
    return _counted(
        journey, sources, counted, chosen, months, one_in=taken, stated=stated, today=today
    )


def _counted(
    journey: Journey,
    sources: Sequence[LogSource],
    counted: Sequence[LogSource],
    period: MonthSpan,
    months: Sequence[LoggedMonth],
    *,
    one_in: int,
    stated: int,
    today: date,
) -> LogCut:
    """What logged months of a journey add up to where it shows."""
    names = {one.id: one.name for one in journey.shown_touchpoints}
    known = {one.id for one in counted}
    shown = [one for one in months if one.touchpoint_id in names and one.source_id in known]
    hidden = sum(one.logged.contacts for one in months if one.touchpoint_id not in names)
    contacts = sum(one.logged.contacts for one in shown)
    faults = period_faults(period, counted, contacts, hidden=hidden, today=today)
    faults |= sample_faults(one_in)
    days = {} if faults else days_by_touchpoint(period, counted, shown)
    return LogCut(
        sources=sources,
        counted=counted,
        period=period,
        one_in=one_in,
        stated_one_in=stated,
        days=days,
        figures={} if faults else cut_figures(shown, days=days, one_in=one_in),
        faults=faults,
        warnings=[]
        if faults
        else period_warnings(period, counted, shown, days=days, names=names, hidden=hidden),
    )
