"""What a baseline can be cut from: the logged months of a period, and what they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.journeys.rules.hot_spots import Measured
from app.journeys.rules.origins import (
    FigureKind,
    Origin,
    OriginKind,
    count_error,
    mean_error,
    score_error,
    share_error,
)

DAYS_A_YEAR = 365
DEFAULT_MONTHS = 12
MOST_ONE_IN = 1_000_000
"""The thinnest sample a log may be."""
EDGE_DAYS = 3
"""A month counts as whole when the log misses at most so many days at an end, such as a holiday."""


@dataclass(frozen=True, slots=True)
class LogSource:
    """A source that has contacts of the journey, and the days it has contacts of at all."""

    id: int
    name: str
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class LoggedMonth:
    """What one source logged at one touchpoint in one month, whatever the reason."""

    touchpoint_id: int
    source_id: int
    month: date
    contacts: int
    judged: int = 0
    unmet: int = 0
    costed: int = 0
    cost_minor: int = 0
    timed: int = 0
    minutes: Decimal = Decimal(0)
    scored: int = 0
    score_sum: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, both included, each named by its first day."""

    first: date
    last: date

    @property
    def starts_on(self) -> date:
        return self.first

    @property
    def ends_on(self) -> date:
        """The last day of the last month."""
        return month_after(self.last) - timedelta(days=1)

    def holds(self, month: date) -> bool:
        return self.first <= month <= self.last


@dataclass(frozen=True, slots=True)
class LoggedFigure:
    """A figure the log gives: its value, how many contacts it stands on, its standard error."""

    value: Decimal
    sample: int
    error: Decimal | None

    @property
    def origin(self) -> Origin:
        return Origin(OriginKind.LOG, sample=self.sample, error=self.error)


LoggedFigures = Mapping[int, Mapping[FigureKind, LoggedFigure]]
"""Figures by touchpoint id and kind; cost is in minor units, unmet a share of 1."""


def month_of(day: date) -> date:
    return day.replace(day=1)


def month_after(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def months_within(first: date, last: date) -> list[date]:
    """Every month from ``first`` to ``last``, both included."""
    found, month = [], month_of(first)
    while month <= last:
        found.append(month)
        month = month_after(month)
    return found


def default_period(sources: Sequence[LogSource]) -> Period | None:
    """The last twelve whole months that are logged, or as many as there are; None: no whole one."""
    whole = sorted({month for source in sources for month in _whole_months(source)})
    if not whole:
        return None
    last = whole[-1]
    earliest = last.replace(year=last.year - 1)
    return Period(next(month for month in whole if month > earliest), last)


def _whole_months(source: LogSource) -> list[date]:
    edge = timedelta(days=EDGE_DAYS)
    return [
        month
        for month in months_within(source.first_on, source.last_on)
        if source.first_on <= month + edge
        and source.last_on >= month_after(month) - timedelta(days=1) - edge
    ]


def days_covered(period: Period, sources: Iterable[LogSource]) -> int:
    """Days of a period between the first and the last contact of any source, none twice."""
    spans = sorted(
        (max(one.first_on, period.starts_on), min(one.last_on, period.ends_on)) for one in sources
    )
    covered, reached = 0, period.starts_on - timedelta(days=1)
    for start, end in spans:
        begin = max(start, reached + timedelta(days=1))
        if end >= begin:
            covered += (end - begin).days + 1
            reached = end
    return covered


def cut_figures(
    months: Iterable[LoggedMonth], *, days: int, one_in: int = 1
) -> dict[int, dict[FigureKind, LoggedFigure]]:
    """The figures of every touchpoint with contacts, a year's contacts from ``days`` covered.

    A log that is a sample holds one contact in ``one_in``: contacts are multiplied, means are not.
    """
    yearly = Decimal(DAYS_A_YEAR * one_in) / days
    places: dict[int, list[LoggedMonth]] = defaultdict(list)
    for one in months:
        places[one.touchpoint_id].append(one)
    return {id_: _place(rows, yearly) for id_, rows in sorted(places.items())}


def _place(rows: list[LoggedMonth], yearly: Decimal) -> dict[FigureKind, LoggedFigure]:
    contacts = sum(one.contacts for one in rows)
    figures = {
        FigureKind.CONTACTS: LoggedFigure(
            round(contacts * yearly, 0), contacts, round(count_error(contacts) * yearly, 2)
        )
    }
    scored, score = sum(one.scored for one in rows), sum((one.score_sum for one in rows), Decimal())
    if scored:
        figures[FigureKind.SATISFACTION] = LoggedFigure(
            round(score / scored, 2), scored, score_error(score, scored)
        )
    judged, unmet = sum(one.judged for one in rows), sum(one.unmet for one in rows)
    if judged:
        figures[FigureKind.UNMET] = LoggedFigure(
            round(Decimal(unmet) / judged, 4), judged, share_error(Decimal(unmet), judged)
        )
    costs = [(one.month, Decimal(one.cost_minor), one.costed) for one in rows]
    if mean := _mean(costs, digits=0):
        figures[FigureKind.COST] = mean
    if mean := _mean([(one.month, one.minutes, one.timed) for one in rows], digits=2):
        figures[FigureKind.MINUTES] = mean
    return figures


def _mean(rows: list[tuple[date, Decimal, int]], *, digits: int) -> LoggedFigure | None:
    """The mean over all months, whichever source logged them; None where nothing was."""
    totals: dict[date, tuple[Decimal, int]] = defaultdict(lambda: (Decimal(0), 0))
    for month, total, count in rows:
        totals[month] = (totals[month][0] + total, totals[month][1] + count)
    size = sum(count for _, count in totals.values())
    if not size:
        return None
    mean = sum((total for total, _ in totals.values()), Decimal(0)) / size
    return LoggedFigure(round(mean, digits), size, mean_error(list(totals.values())))


def period_faults(
    period: Period, sources: Sequence[LogSource], contacts: int, *, today: date
) -> dict[str, str]:
    """What is impossible about a period, one sentence by field (``first``, ``last``)."""
    if period.last < period.first:
        return {"last": "The last month lies before the first."}
    if period.ends_on > today:
        return {"last": f"{period.last:%B %Y} is not over yet; choose whole months that are."}
    if not sources:
        return {"first": "No interactions of this journey are logged; import a log first."}
    if not contacts:
        return {
            "last": f"No contacts of this journey are logged from {_day(period.starts_on)} to "
            f"{_day(period.ends_on)}; choose months that are."
        }
    return {}


def sample_faults(one_in: int) -> dict[str, str]:
    """What is impossible about the sample a log is, by field."""
    if 1 <= one_in <= MOST_ONE_IN:
        return {}
    return {
        "one_in": f"Enter a whole number from 1 to {MOST_ONE_IN:,}; 1: every contact is logged."
    }


def period_warnings(
    period: Period, sources: Sequence[LogSource], months: Sequence[LoggedMonth]
) -> list[str]:
    """What should be known before figures of a period are taken, as sentences."""
    said = [*_counted_twice(sources, months)]
    if gap := _uncovered(period, sources):
        said.append(gap)
    elif len(months_within(period.first, period.last)) < DEFAULT_MONTHS:
        said.append("Less than a year is counted, so a season may count for the whole year.")
    return said


def _uncovered(period: Period, sources: Sequence[LogSource]) -> str | None:
    whole = (period.ends_on - period.starts_on).days + 1
    covered = days_covered(period, sources)
    if covered == whole:
        return None
    return (
        f"The log has contacts of {covered} of the {whole} days of the period; a year’s contacts "
        f"are worked out from those {covered} days."
    )


def _counted_twice(sources: Sequence[LogSource], months: Sequence[LoggedMonth]) -> list[str]:
    """Pairs of sources with contacts at one touchpoint in one month: perhaps the same ones."""
    names = {one.id: one.name for one in sources}
    shared: dict[tuple[int, int], set[date]] = defaultdict(set)
    by_cell: dict[tuple[int, date], set[int]] = defaultdict(set)
    for one in months:
        by_cell[one.touchpoint_id, one.month].add(one.source_id)
    for (_, month), ids in by_cell.items():
        ordered = sorted(ids)
        for place, first in enumerate(ordered):
            for second in ordered[place + 1 :]:
                shared[first, second].add(month)
    return [
        f"“{names[first]}” and “{names[second]}” both have contacts at the same touchpoints in "
        f"{_months(found)}. If they log the same contacts, these are counted twice; leave one out."
        for (first, second), found in sorted(shared.items())
    ]


def _months(found: set[date]) -> str:
    ordered = sorted(found)
    first, last = f"{ordered[0]:%b %Y}", f"{ordered[-1]:%b %Y}"
    return first if first == last else f"{len(ordered)} months from {first} to {last}"


def _day(day: date) -> str:
    return f"{day:%-d %b %Y}"


def figure_of(measured: Measured, kind: FigureKind) -> Decimal | None:
    """One figure of a touchpoint by its kind, cost in minor units."""
    values: dict[FigureKind, Decimal | None] = {
        FigureKind.CONTACTS: measured.contacts_per_year,
        FigureKind.SATISFACTION: measured.satisfaction,
        FigureKind.TARGET: measured.satisfaction_target,
        FigureKind.IMPORTANCE: measured.importance,
        FigureKind.COST: Decimal(measured.cost_per_contact_minor),
        FigureKind.MINUTES: measured.minutes_per_contact,
        FigureKind.UNMET: measured.unmet_share,
    }
    return values[kind]


def measured_from(figures: Mapping[FigureKind, Decimal]) -> Measured | None:
    """The figures of a touchpoint from a figure a kind; None while one is missing."""
    if any(kind not in figures for kind in FigureKind if kind is not FigureKind.UNMET):
        return None
    return Measured(
        contacts_per_year=figures[FigureKind.CONTACTS],
        satisfaction=figures[FigureKind.SATISFACTION],
        satisfaction_target=figures[FigureKind.TARGET],
        importance=figures[FigureKind.IMPORTANCE],
        cost_per_contact_minor=int(figures[FigureKind.COST]),
        minutes_per_contact=figures[FigureKind.MINUTES],
        unmet_share=figures.get(FigureKind.UNMET),
    )


def origins_of(
    now: Measured,
    logged: Mapping[FigureKind, LoggedFigure],
    last: Measured | None,
    last_origins: Mapping[FigureKind, Origin],
    *,
    last_number: int,
    note: str = "",
) -> dict[FigureKind, Origin]:
    """Where each figure of a touchpoint comes from, told by comparing it with the log.

    What equals the log is from the log; what the log lacks and equals the last version is kept,
    from the version that measured it; the rest was entered by hand, with what the log said.
    """
    found = {}
    for kind in FigureKind:
        value = figure_of(now, kind)
        if value is None:
            continue
        said = logged.get(kind)
        if said is not None:
            by_hand = Origin(OriginKind.HAND, sample=said.sample, logged=said.value, note=note)
            found[kind] = said.origin if value == said.value else by_hand
        elif last is not None and value == figure_of(last, kind):
            before = last_origins.get(kind)
            since = before.kept_from if before and before.kept_from else last_number
            found[kind] = Origin(OriginKind.KEPT, kept_from=since)
        else:
            found[kind] = Origin(OriginKind.HAND, note=note)
    return found
