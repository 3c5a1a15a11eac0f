"""When the story happens, told from today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.values.quarter import Quarter

DAY_TOLD_FROM = 8
"""The hour by which whatever the story tells of its last day has happened."""
FIRST_DAY_TOLD_FROM = 15
"""The same on a quarter's first day, on which the present cycle opens."""
FOUNDED_BEFORE = timedelta(days=80)
"""How long before the last cycle's first quarter the company began."""


def last_day_told(now: datetime) -> date:
    """The day up to which the story can be told at ``now`` without telling what is yet to come."""
    today = now.date()
    is_first = today == Quarter.containing(today).first_day
    is_over = now.hour >= (FIRST_DAY_TOLD_FROM if is_first else DAY_TOLD_FROM)
    return today if is_over else today - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moments:
    """The days of the story: the last cycle is planned three quarters ago and runs since two."""

    today: date

    @property
    def quarter(self) -> Quarter:
        return Quarter.containing(self.today)

    @property
    def last_first_quarter(self) -> Quarter:
        """The first quarter the last cycle planned."""
        return self.quarter + -2

    @property
    def first_quarter(self) -> Quarter:
        """The first quarter people plan now."""
        return self.quarter + 1

    @property
    def founding(self) -> datetime:
        return at(self.last_first_quarter.first_day - FOUNDED_BEFORE)

    @classmethod
    def since(cls, founding: datetime, today: date) -> Moments:
        """The moments of a story that was begun earlier: its quarter stays the present one."""
        quarter = Quarter.containing((founding + FOUNDED_BEFORE).date()) + 2
        return cls(min(max(today, quarter.first_day), quarter.last_day))

    @property
    def first_baseline(self) -> date:
        return self.last_first_quarter.first_day - timedelta(days=60)

    @property
    def last_decision(self) -> datetime:
        return at(self.last_first_quarter.first_day - timedelta(days=12))

    @property
    def second_baseline(self) -> date:
        return self.quarter.first_day - timedelta(days=20)

    @property
    def assessment(self) -> date:
        """The day of the last assessment of maturity, before the present cycle opened."""
        return self.quarter.first_day - timedelta(days=10)

    @property
    def earlier_assessment(self) -> date:
        """A year before it."""
        return self.assessment - timedelta(days=364)

    @property
    def opening(self) -> datetime:
        """When the present cycle was opened, on its first day."""
        return at(self.quarter.first_day)

    @property
    def present(self) -> datetime:
        """A moment before now at which the latest things happened."""
        return at(self.today, hour=7)


def at(day: date, hour: int = 9) -> datetime:
    """That hour of the day in UTC."""
    return datetime.combine(day, time(hour), UTC)


def cycle_name(first: Quarter) -> str:
    """The name of a half-year's cycle, such as FY27 Q1–Q2."""
    last = first + 1
    return f"FY{first.year % 100} Q{first.number}–Q{last.number}"
