"""What an option would be worth as if it were alone: pools, haircuts, ramps, discounting.

Quarters are planning positions: 0 is the first quarter of the horizon. Money is whole minor units.
The figures agree to the cent with the optimizer's recount of a plan that holds nothing else, as
long as nothing approved earlier acts on the same pools: a scenario takes that off first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import exp, floor, fsum

from app.initiatives.rules.words import EvidenceGrade
from app.journeys.rules import intensity, ramp_profile
from app.values.money import rounded_parts
from app.values.quarter import Quarter

_CONTEXT = Context(prec=40, rounding=ROUND_HALF_EVEN)
_INTENSITY_DIGITS = 9
_CLOSE_TO_HALF = 1e-3
_LARGEST_QUICK = 1e11
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class EffectClaim:
    """A behaviour's removal fraction on a pool, with the grade of its evidence."""

    pool: int
    removal: Decimal
    grade: EvidenceGrade


@dataclass(frozen=True, slots=True)
class DeclaredClaim:
    """A benefit stated by a registry: money that arrives once, when the option goes live."""

    amount_minor: int
    grade: EvidenceGrade


@dataclass(frozen=True, slots=True)
class OptionClaim:
    """What an option claims and when: ``go_live`` quarters after its ``start``."""

    start: int
    go_live: int
    ramp: int
    half_life: int | None
    effects: tuple[EffectClaim, ...]
    declared: DeclaredClaim | None = None

    @property
    def live(self) -> int:
        """The planning position of the quarter in which its effect begins."""
        return self.start + self.go_live

    def profile(self, quarters: int) -> tuple[float, ...]:
        """The share ρ of its full intensity each effect has, by planning quarter."""
        return ramp_profile(self.live + 1, self.ramp, self.half_life, quarters)

    def strength(self, pool: int, *, graded: bool = True) -> float:
        """Σ g·a of its effects on a pool, once they are full; Σ a where not ``graded``."""
        return fsum(
            intensity(one.removal, one.grade.haircut if graded else ONE)
            for one in self.effects
            if one.pool == pool
        )


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far money counts and at which yearly rate it is discounted."""

    quarters: int
    rate: Decimal

    def discount(self, quarter: int) -> float:
        """(1 + w)^(−(t − ½)/4) for planning position ``quarter`` = t − 1, mid-quarter."""
        return float((1.0 + float(self.rate)) ** (-(quarter + 0.5) / 4))


@dataclass(frozen=True, slots=True)
class Standalone:
    """Minor units: per pool and declared, adding up to ``total`` exactly."""

    total: int
    pools: Mapping[int, int]
    declared: int


def assumed_start(
    planned: Quarter, earliest: Quarter | None, latest: Quarter | None, first: Quarter
) -> int:
    """The planning position a case assumes: the planned start, moved into the option's window.

    A start before the horizon counts as its first quarter.
    """
    start = planned
    if earliest is not None:
        start = max(start, earliest)
    if latest is not None:
        start = min(start, latest)
    return max(0, start - first)


def intensities(claim: OptionClaim, pool: int, quarters: int) -> tuple[Decimal, ...]:
    """Expected intensity Σ g·a·ρ on a pool by quarter from the option's start."""
    return tuple(Decimal(repr(strength)) for strength in _strengths(claim, pool, quarters))


def _strengths(claim: OptionClaim, pool: int, quarters: int) -> list[float]:
    full = claim.strength(pool)
    grown = claim.profile(claim.start + quarters)[claim.start :]
    return [round(full * share, _INTENSITY_DIGITS) for share in grown]


def declared_value(claim: OptionClaim, horizon: Horizon) -> int:
    """Declared benefit · haircut · discount at go-live, half to even."""
    return round(declared_exact(claim, horizon))


def declared_exact(claim: OptionClaim, horizon: Horizon) -> float:
    """The same before it is rounded; after the horizon nothing counts."""
    if claim.declared is None or claim.live >= horizon.quarters:
        return 0.0
    kept = claim.declared.amount_minor * float(claim.declared.grade.haircut)
    return kept * horizon.discount(claim.live)


def standalone_value(
    claim: OptionClaim, pools: Mapping[int, Sequence[int]], horizon: Horizon
) -> Standalone:
    """Σ over pools and quarters of V(t)·(1 − exp(−Σ g·a·ρ)), plus the declared benefit.

    ``pools``: discounted value per planning quarter by pool; pools that are not in it count
    nothing. Rounded once, half to even; the parts by largest remainder.
    """
    exact = {
        pool: _pool_value(claim, pool, pools[pool], horizon) for pool in _touched(claim, pools)
    }
    total = int(sum(exact.values(), Decimal(0)).to_integral_value(ROUND_HALF_EVEN))
    declared = declared_value(claim, horizon)
    parts = rounded_parts(list(exact.values()), total)
    return Standalone(total + declared, dict(zip(exact, parts, strict=True)), declared)


def quick_standalone(
    claim: OptionClaim, pools: Mapping[int, Sequence[int]], horizon: Horizon
) -> int:
    """The total of `standalone_value`, fast enough for lists.

    Adds up in floating point and works exactly only where the rounding could turn out otherwise.
    """
    terms = [
        worth * (1.0 - exp(-strength))
        for pool in _touched(claim, pools)
        for worth, strength in zip(
            pools[pool][claim.start :],
            _strengths(claim, pool, max(0, horizon.quarters - claim.start)),
            strict=True,
        )
    ]
    value = fsum(terms)
    if abs(value) > _LARGEST_QUICK or abs(value - floor(value) - 0.5) < _CLOSE_TO_HALF:
        return standalone_value(claim, pools, horizon).total
    return round(value) + declared_value(claim, horizon)


def _touched(claim: OptionClaim, pools: Mapping[int, Sequence[int]]) -> list[int]:
    return sorted({effect.pool for effect in claim.effects} & pools.keys())


def _pool_value(claim: OptionClaim, pool: int, worth: Sequence[int], horizon: Horizon) -> Decimal:
    strengths = intensities(claim, pool, max(0, horizon.quarters - claim.start))
    value = Decimal(0)
    for amount, strength in zip(worth[claim.start :], strengths, strict=True):
        if strength:
            removed = _CONTEXT.subtract(ONE, _CONTEXT.exp(-strength))
            value = _CONTEXT.add(value, _CONTEXT.multiply(Decimal(amount), removed))
    return value
