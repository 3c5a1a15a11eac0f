"""Whole months: one range for everything that is counted by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

USUAL_MONTHS = 12


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


def log_spans(last: date | None, baselines: Sequence[tuple[int, date]]) -> dict[str, MonthSpan]:
    """The periods of a log to choose from, by the word in the address; none without a log.

    Empty: the last twelve months up to ``last``, the default. ``2-3``: from baseline 2 to 3;
    ``baselines`` are numbers and days in their order.
    """
    if last is None:
        return {}
    spans = {"": last_months(last)}
    for (earlier, from_), (later, to) in pairwise(baselines):
        spans[f"{earlier}-{later}"] = months_between(from_, to)
    return spans
