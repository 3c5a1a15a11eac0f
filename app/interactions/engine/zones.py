"""When a zone's clocks were changed, so that local moments become UTC on any engine alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FIRST_YEAR = 1990
"""Moments before it take the offset of its first day."""


@dataclass(frozen=True, slots=True)
class Change:
    """From ``local`` on, as the clock showed it before the change, ``offset`` is what counts.

    So of an hour that comes twice the first is meant. One that never was is read by the offset
    after the change, which puts it into the hour before: 02:30 is 01:30 where clocks go on at 02.
    """

    local: datetime
    offset: timedelta


@lru_cache(maxsize=64)
def offset_changes(zone: str, last_year: int) -> tuple[timedelta, tuple[Change, ...]]:
    """The offset of the first day and every change until the end of ``last_year``, in order."""
    info = ZoneInfo(zone)
    day = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    first = before = _offset(info, day)
    changes = []
    while day.year <= last_year:
        later = day + timedelta(days=7)
        after = _offset(info, later)
        if after != before:
            at = _found(info, day, later, before)
            changes.append(Change((at + before).replace(tzinfo=None), after))
            before = after
        day = later
    return first, tuple(changes)


Span = tuple[datetime, datetime]
"""From a moment to before another, as clocks show them."""


@lru_cache(maxsize=64)
def odd_spans(zone: str, last_year: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """What clocks never showed as they were put forward, and what they showed twice."""
    before, changes = offset_changes(zone, last_year)
    skipped, twice = [], []
    for one in changes:
        by = one.offset - before
        if by > timedelta(0):
            skipped.append((one.local, one.local + by))
        else:
            twice.append((one.local + by, one.local))
        before = one.offset
    return tuple(skipped), tuple(twice)


def _offset(info: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(info).utcoffset() or timedelta(0)


def _found(info: ZoneInfo, low: datetime, high: datetime, before: timedelta) -> datetime:
    """The first minute in UTC at which the offset is no longer ``before``."""
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        if _offset(info, middle) == before:
            low = middle
        else:
            high = middle
    return high
