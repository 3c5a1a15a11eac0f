"""How old a baseline is, and whether numbers that stand on it have to say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.values.written import day_words


@dataclass(frozen=True, slots=True)
class StaleBaseline:
    """A journey in use whose last baseline stands on too old a figure, or which has none.

    ``measured_on`` is the day of its oldest measurement; ``kept_in`` that of the last version
    where it is an older figure that was kept, else None.
    """

    key: str
    name: str
    measured_on: date | None
    age_days: int
    limit_days: int
    kept_in: date | None = None

    @property
    def words(self) -> str:
        """Its day, its age and the limit."""
        if self.measured_on is None:
            return "never measured"
        days = "day" if self.age_days == 1 else "days"
        kept = f"{day_words(self.kept_in)} with figures of " if self.kept_in else ""
        return (
            f"baseline of {kept}{day_words(self.measured_on)}, {self.age_days:,} {days} old,"
            f" limit {self.limit_days:,}"
        )

    @property
    def fault(self) -> str:
        """Why no cycle opens on it."""
        if self.measured_on is None:
            return f"The journey {self.name} has no baseline; record one."
        if self.kept_in is not None:
            return (
                f"The baseline of {self.name} keeps figures from {day_words(self.measured_on)}, "
                f"older than {self.limit_days} days; measure them again."
            )
        return (
            f"The baseline of {self.name} is from {day_words(self.measured_on)}, older than "
            f"{self.limit_days} days; measure it again."
        )


def stale_baseline(
    key: str,
    name: str,
    measured_on: date | None,
    *,
    oldest_on: date | None = None,
    today: date,
    limit_days: int,
) -> StaleBaseline | None:
    """What is stale about a journey; None while all its last baseline measured is in the limit.

    ``measured_on`` is the day of the last version, ``oldest_on`` that of the oldest figure it
    keeps. A baseline is as old as the oldest measurement that feeds its numbers; targets and
    importance are judgements and no measurements, so they don't age it.
    """
    if measured_on is None:
        return StaleBaseline(key, name, None, 0, limit_days)
    since = min(measured_on, oldest_on or measured_on)
    age = (today - since).days
    if age <= limit_days:
        return None
    kept_in = measured_on if since < measured_on else None
    return StaleBaseline(key, name, since, age, limit_days, kept_in)


@dataclass(frozen=True, slots=True)
class StaleBaselines:
    """All stale journeys in use, by key; templates ask for those a number stands on."""

    found: Mapping[str, StaleBaseline]

    @property
    def barring(self) -> list[StaleBaseline]:
        """Every one that keeps a cycle from opening, those never measured too."""
        return list(self.found.values())

    def on(self, keys: Iterable[str | None]) -> list[StaleBaseline]:
        """Those of some journeys that were measured, and too long ago; each once."""
        wanted = dict.fromkeys(key for key in keys if key)
        return [
            one for key in wanted if (one := self.found.get(key)) and one.measured_on is not None
        ]

    def under(self, pool_keys: Iterable[str]) -> list[StaleBaseline]:
        """Those under pools, named as problems name them: journey/lever."""
        return self.on(key.rpartition("/")[0] for key in pool_keys)
