"""Calendar quarters and half-open runs of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_FORM = re.compile(r"(\d{4})-Q([1-4])")


class QuarterFormatError(ValueError):
    """The text is not a quarter."""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter; sorts in time and is written ``2027-Q1``, which sorts the same way."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1900 <= self.year <= 2999 and 1 <= self.number <= 4):
            raise QuarterFormatError("A quarter lies between 1900-Q1 and 2999-Q4.")

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read ``2027-Q1``; raises QuarterFormatError."""
        return _parsed(text)

    @classmethod
    def containing(cls, day: date) -> Quarter:
        return cls(day.year, (day.month - 1) // 3 + 1)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def ordinal(self) -> int:
        """Quarters since year 0, for counting."""
        return self.year * 4 + self.number - 1

    def __add__(self, quarters: int) -> Quarter:
        year, index = divmod(self.ordinal + quarters, 4)
        return Quarter(year, index + 1)

    def __sub__(self, other: Quarter) -> int:
        """Quarters from ``other`` to this one."""
        return self.ordinal - other.ordinal

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        month = 3 * self.number
        return date(self.year, month, 31 if month in (3, 12) else 30)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Quarter:
    """Plans name few quarters, each of them in thousands of rows."""
    match = _FORM.fullmatch(text.strip().upper())
    if not match:
        raise QuarterFormatError("Write a quarter as year and number, such as 2027-Q1.")
    return Quarter(int(match[1]), int(match[2]))


@dataclass(frozen=True, slots=True)
class QuarterSpan:
    """``count`` quarters from ``first`` on; ``end`` is the first quarter after them."""

    first: Quarter
    count: int

    def __iter__(self) -> Iterator[Quarter]:
        return (self.first + i for i in range(self.count))

    def __len__(self) -> int:
        return self.count

    def __contains__(self, quarter: object) -> bool:
        return isinstance(quarter, Quarter) and 0 <= quarter - self.first < self.count

    @property
    def end(self) -> Quarter:
        return self.first + self.count

    @property
    def last(self) -> Quarter:
        return self.first + (self.count - 1)


def months_later(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or the month's last day if it is shorter."""
    year, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (index == 11), (index + 1) % 12 + 1, 1)
    last = following - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))
