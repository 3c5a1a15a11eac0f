"""How often somebody wants what waits for them by mail, and on which days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum

DIGEST_LETTER = "digest"
"""The kind of letter."""
SATURDAY = 5
FROM_HOUR = 6
"""The hour, UTC, from which digests are written."""


class DigestRhythm(Enum):
    """Never by itself; else only when there is something to say."""

    OFF = "off"
    WEEKLY = "weekly"
    DAILY = "daily"

    @property
    def word(self) -> str:
        return _WORDS[self]

    @property
    def period(self) -> timedelta:
        """How far the first digest looks back."""
        return timedelta(days=7 if self is DigestRhythm.WEEKLY else 1)


_WORDS = {
    DigestRhythm.OFF: "Never",
    DigestRhythm.WEEKLY: "On Mondays, when something waits for me",
    DigestRhythm.DAILY: "On working days, when something waits for me",
}


def rhythms_on(day: date) -> frozenset[DigestRhythm]:
    """Whose turn a day is: nobody's at the weekend."""
    if day.weekday() >= SATURDAY:
        return frozenset()
    if day.weekday() == 0:
        return frozenset({DigestRhythm.WEEKLY, DigestRhythm.DAILY})
    return frozenset({DigestRhythm.DAILY})


def is_digest_time(now: datetime) -> bool:
    """Whether digests are written at this moment."""
    return now.hour >= FROM_HOUR and bool(rhythms_on(now.date()))
