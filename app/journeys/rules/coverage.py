"""Which days the sources of a log cover."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.journeys.rules.months import MonthSpan, last_months

LONGEST_GAP = 3
"""Months count as covered when the log misses at most so many days in a row, such as Easter."""

_Run = tuple[date, date]
_SHARE = re.compile(r"\bone contact in (\d{1,3}(?:,\d{3})+|\d{1,7})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LogSource:
    """A source that has contacts of the journey, and the days it has contacts of at all.

    It says itself that it holds one contact in ``one_in``; 1 where it says nothing. Rows of the
    imports ``told_apart`` were found in it by their ids and count in one of the two.
    """

    id: int
    name: str
    first_on: date
    last_on: date
    one_in: int = 1
    told_apart: frozenset[int] = frozenset()


def stated_share(*texts: str) -> int:
    """The N of “one contact in N”, as the first text states that says so; 1: none does."""
    found = next((found for text in texts if (found := _SHARE.search(text))), None)
    return max(1, int(found[1].replace(",", ""))) if found else 1


def shared_share(sources: Iterable[LogSource]) -> int:
    """The share all sources state; 1 where they differ."""
    shares = {one.one_in for one in sources}
    return shares.pop() if len(shares) == 1 else 1


def days_covered(span: MonthSpan, sources: Iterable[LogSource]) -> int:
    """Days of a span between the first and the last contact of any source, none twice."""
    return _days_in(span, _runs(sources))


def covers(span: MonthSpan, sources: Iterable[LogSource]) -> bool:
    """Whether sources together cover a span, but for gaps of LONGEST_GAP days."""
    missing_from = span.first
    for first, last in _runs(sources):
        if (min(first, span.end) - missing_from).days > LONGEST_GAP:
            return False
        missing_from = max(missing_from, min(last, span.ends_on) + timedelta(days=1))
    return (span.end - missing_from).days <= LONGEST_GAP


def default_period(sources: Sequence[LogSource], *, today: date) -> MonthSpan | None:
    """The last twelve whole months that are logged and over, or as many as there are.

    None: no whole one.
    """
    if not sources:
        return None
    logged = MonthSpan.through(
        min(one.first_on for one in sources), max(one.last_on for one in sources)
    )
    spans = (MonthSpan.through(one, one) for one in logged.each())
    whole = [one.first for one in spans if one.end <= today and covers(one, sources)]
    if not whole:
        return None
    usual = last_months(whole[-1])
    return MonthSpan(next(month for month in whole if month >= usual.first), usual.end)


def _runs(sources: Iterable[LogSource]) -> list[_Run]:
    """The days of sources as runs that neither overlap nor touch, both ends included."""
    runs: list[_Run] = []
    for first, last in sorted((one.first_on, one.last_on) for one in sources):
        if runs and (first - runs[-1][1]).days <= 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return runs


def _days_in(span: MonthSpan, runs: Iterable[_Run]) -> int:
    return sum(
        max(0, (min(last, span.ends_on) - max(first, span.first)).days + 1) for first, last in runs
    )
