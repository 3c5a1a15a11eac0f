"""Whole months: one range for everything that is counted by them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

USUAL_MONTHS = 12
_KEY = re.compile(r"(19\d\d|2\d{3})-(\d\d)\.\.(19\d\d|2\d{3})-(\d\d)")
"""Two months in an address, both included: 2025-02..2026-01."""


@dataclass(frozen=True, slots=True)
class MonthSpan:
    """Whole months, half-open: from the month that begins on ``first`` to before ``end``.

    As people may choose them backwards, ``end`` may lie before ``first``; then it holds no month.
    """

    first: date
    end: date

    @classmethod
    def through(cls, first: date, last: date) -> MonthSpan:
        """From the month of ``first`` to the month of ``last``, both included."""
        return cls(month_of(first), month_of(last, later=1))

    @property
    def months(self) -> int:
        return (self.end.year - self.first.year) * 12 + self.end.month - self.first.month

    @property
    def days(self) -> int:
        return (self.end - self.first).days

    @property
    def last(self) -> date:
        """The first day of the last month in it."""
        return month_of(self.end, later=-1)

    @property
    def ends_on(self) -> date:
        """The last day of the last month in it."""
        return self.end - timedelta(days=1)

    @property
    def key(self) -> str:
        """The months as an address names them, both included: 2025-02..2026-01."""
        return f"{self.first:%Y-%m}..{self.last:%Y-%m}"

    @property
    def before(self) -> MonthSpan:
        """As many months right before it."""
        return MonthSpan(month_of(self.first, later=-self.months), self.first)

    @property
    def with_before(self) -> MonthSpan:
        """These months and as many right before them."""
        return MonthSpan(self.before.first, self.end)

    def each(self) -> list[date]:
        """The first day of every month in it."""
        return [month_of(self.first, later=count) for count in range(self.months)]


def month_of(day: date, *, later: int = 0) -> date:
    """The first day of the month of a day, or of the month so many months later."""
    count = day.year * 12 + day.month - 1 + later
    return date(count // 12, count % 12 + 1, 1)


def last_months(last: date, count: int = USUAL_MONTHS) -> MonthSpan:
    """The ``count`` months up to and with the month of ``last``."""
    return MonthSpan.through(month_of(last, later=1 - count), last)


def months_between(earlier: date, later: date) -> MonthSpan:
    """From the month of ``earlier`` to before the month of ``later``; at least one month."""
    return MonthSpan(month_of(earlier), max(month_of(later), month_of(earlier, later=1)))


def log_spans(
    logged: MonthSpan | None, baselines: Sequence[tuple[int, date]]
) -> dict[str, MonthSpan]:
    """The periods of a log to offer, by the word in the address; none without a log.

    ``logged`` runs from the first month of the log to its last. Empty: the last twelve of them,
    the default. ``2025-02..2026-01``: every twelve months before, back to where the log begins.
    ``all``: all months. ``2-3``: from baseline 2 to 3; ``baselines`` are numbers and days in order.
    """
    if logged is None:
        return {}
    usual = last_months(logged.last)
    spans, earlier = {"": usual}, usual.before
    while earlier.end > logged.first:
        part = MonthSpan(max(earlier.first, logged.first), earlier.end)
        spans[part.key] = part
        earlier = earlier.before
    if len(spans) > 1:
        spans["all"] = logged
    for (before, from_), (later, to) in pairwise(baselines):
        spans[f"{before}-{later}"] = months_between(from_, to)
    return spans


def log_span(period: str, spans: Mapping[str, MonthSpan]) -> MonthSpan | None:
    """The months that an address asks for: one of those offered, or any two months.

    None: it names no months, or none of two baselines in a row.
    """
    if period in spans:
        return spans[period]
    found = _KEY.fullmatch(period)
    if found is None or not spans:
        return None
    try:
        first, last = sorted(
            date(int(year), int(month), 1)
            for year, month in ((found[1], found[2]), (found[3], found[4]))
        )
    except ValueError:
        return None
    return MonthSpan.through(first, last)
