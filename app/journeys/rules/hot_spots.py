"""Where a journey hurts: the score of a touchpoint, its place on the journey's scale, its worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from math import expm1

from app.values.money import minor_from

HOT_SPOT_PAIN = 50
"""From this pain on a touchpoint counts as a hot spot."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one baseline measured at one touchpoint; satisfaction and importance run 0 to 10.

    ``unmet_share`` is the share of contacts whose expectation was not met; None: not known.
    """

    contacts_per_year: Decimal
    satisfaction: Decimal
    satisfaction_target: Decimal
    importance: Decimal
    cost_per_contact_minor: int
    minutes_per_contact: Decimal
    unmet_share: Decimal | None = None

    @property
    def shortfall(self) -> Decimal:
        """Points of satisfaction missing to the target, never below 0."""
        return max(self.satisfaction_target - self.satisfaction, Decimal(0))

    @property
    def score(self) -> Decimal:
        return hot_spot_score(self.importance, self.shortfall, self.contacts_per_year)

    @property
    def opportunity(self) -> Decimal:
        return opportunity_score(self.importance, self.satisfaction)

    @property
    def cost_per_year_minor(self) -> int:
        """Cost to serve in a year, minor units, half-even."""
        return minor_from(self.contacts_per_year * self.cost_per_contact_minor)

    @property
    def minutes_per_year(self) -> Decimal:
        """Customer minutes in a year; an effort, never money."""
        return self.contacts_per_year * self.minutes_per_contact


def hot_spot_score(importance: Decimal, shortfall: Decimal, contacts_per_year: Decimal) -> Decimal:
    """Importance × shortfall × volume; it orders touchpoints and has no unit."""
    return importance * shortfall * contacts_per_year


def pain_scale(figures: Iterable[Measured]) -> Decimal:
    """The score that counts as pain 100 in a journey.

    It is the score of an imagined touchpoint that is at once as important, as far below its
    target and as busy as the worst of the journey in each respect. So no real touchpoint exceeds
    100, and the worst one has 100 only when it is the worst in all three. 0 when nothing hurts.
    """
    measured = list(figures)
    if not measured:
        return Decimal(0)
    return hot_spot_score(
        max(one.importance for one in measured),
        max(one.shortfall for one in measured),
        max(one.contacts_per_year for one in measured),
    )


def pain(score: Decimal, scale: Decimal) -> int:
    """The place of a score on a journey's scale, 0 to 100, as 100·(score/scale)^⅓.

    The cube root makes it the geometric mean of the three factors, so that volume, which spans
    orders of magnitude, does not flatten all but one touchpoint. An older baseline measured on a
    newer scale may exceed 100; the order of touchpoints is always that of their scores.
    """
    if scale <= 0:
        return 0
    return round(100 * float(score / scale) ** (1 / 3))


def is_hot_spot(pain_now: int) -> bool:
    """Whether a touchpoint of that pain counts as a hot spot, on every page alike."""
    return pain_now >= HOT_SPOT_PAIN


class Opportunity(Enum):
    """How much an opportunity score says: above 15, from 12, from 10, or less."""

    EXTREME = "extreme"
    HIGH = "high"
    CONSIDER = "consider"
    LOW = "low"

    @classmethod
    def of(cls, score: Decimal) -> Opportunity:
        if score > 15:
            return cls.EXTREME
        if score >= 12:
            return cls.HIGH
        return cls.CONSIDER if score >= 10 else cls.LOW


def opportunity_score(importance: Decimal, satisfaction: Decimal) -> Decimal:
    """Importance + max(importance − satisfaction, 0), after Ulwick, both 0 to 10.

    It serves discovery and breaks ties; it never turns into money.
    """
    return importance + max(importance - satisfaction, Decimal(0))


def addressed_minor(annual_minor: int, strength: float) -> int:
    """What claims of total intensity S take of a pool in a year at full effect: V·(1 − e^(−S))."""
    return minor_from(annual_minor * Decimal(repr(-expm1(-strength))))


def mean_satisfaction(figures: Iterable[Measured]) -> Decimal | None:
    """Satisfaction weighted by contacts, 0 to 10; None without contacts."""
    return weighted_mean((one.satisfaction, one.contacts_per_year) for one in figures)


def mean_target(figures: Iterable[Measured]) -> Decimal | None:
    """The satisfaction target weighted by contacts, 0 to 10; None without contacts."""
    return weighted_mean((one.satisfaction_target, one.contacts_per_year) for one in figures)


def weighted_mean(weighed: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The mean of (value, weight) pairs; None where all weights are 0."""
    pairs = list(weighed)
    contacts = sum((weight for _, weight in pairs), Decimal(0))
    return (
        sum((value * weight for value, weight in pairs), Decimal(0)) / contacts
        if contacts
        else None
    )
