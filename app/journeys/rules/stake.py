"""What is at stake on a journey in a year, and how much of it initiatives address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.journeys.rules.hot_spots import addressed_minor
from app.values.money import Money

PoolStrengths = Mapping[int, tuple[float, float]]
"""Intensity on each pool by id: of what is approved, and of all live initiatives."""


@dataclass(frozen=True, slots=True)
class PoolStake:
    """A pool with what it could yield in a year, minor units of its journey's currency."""

    id: int
    annual_minor: int
    is_certified: bool


@dataclass(frozen=True, slots=True)
class JourneyStake:
    """Certified and claimed pools of a journey in a year.

    ``decided`` and ``addressed`` are what approved and all live initiatives claim of the certified
    ones at full effect.
    """

    certified: Money
    claimed: Money
    decided: Money
    addressed: Money


def journey_stake(pools: Iterable[PoolStake], claims: PoolStrengths, currency: str) -> JourneyStake:
    """Add up a journey's pools; per certified pool V·(1 − e^(−S)) is addressed (model J5)."""
    known = list(pools)
    certified = [pool for pool in known if pool.is_certified]
    decided, addressed = (
        sum(
            addressed_minor(pool.annual_minor, claims.get(pool.id, (0.0, 0.0))[which])
            for pool in certified
        )
        for which in (0, 1)
    )
    at_stake = sum(pool.annual_minor for pool in certified)
    claimed = sum(pool.annual_minor for pool in known) - at_stake
    return JourneyStake(
        certified=Money(at_stake, currency),
        claimed=Money(claimed, currency),
        decided=Money(decided, currency),
        addressed=Money(addressed, currency),
    )
