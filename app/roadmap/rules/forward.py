"""What an initiative still brings for what it still costs; money released is sunk (model, H4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from app.initiatives.rules.spreads import normals
from app.journeys.rules import ramp_profile
from app.roadmap.rules.posterior import EffectNow
from app.values.quarter import Quarter

DRAWS = 10_000
LARGEST = 0.95
_SEED = 20_270_101
"""Any number: the same figures always give the same chance."""


@dataclass(frozen=True, slots=True)
class ForwardPool:
    """A pool's discounted value per planning quarter and what other running initiatives take.

    ``others`` are intensities per quarter; ``measured`` is the quarter the pool was measured in:
    what ran by then has left it already.
    """

    value: Sequence[int]
    others: Sequence[float]
    measured: int


@dataclass(frozen=True, slots=True)
class ForwardShape:
    """When an option works: planning positions and quarters."""

    start: int
    go_live: int
    ramp: int
    half_life: int | None

    def profile(self, quarters: int) -> Any:
        return np.array(self._shape(self.start + self.go_live + 1, quarters))

    def reached(self, at: int) -> float:
        """The share of the full effect at work in quarter ``at``."""
        return self._shape(self.start + self.go_live + 1 - at, 1)[0]

    def _shape(self, live: int, quarters: int) -> tuple[float, ...]:
        return ramp_profile(live, self.ramp, self.half_life, quarters)


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of an initiative: effects, when they work, and money per quarter in minor units.

    ``now`` is the planning position of today's quarter, 0 at the earliest; ``cells`` are (quarter,
    minor units) of money that is not released.
    """

    effects: Sequence[EffectNow]
    shape: ForwardShape
    cells: Sequence[tuple[int, int]]
    pools: Mapping[str, ForwardPool]
    now: int
    discount_rate: float


@dataclass(frozen=True, slots=True)
class Forward:
    """Benefit and cost still to come, present values in minor units.

    ``benefit`` is at μ', ``expected`` the mean over the draws, ``chances`` the sorted returns of
    the draws, ``kept_minor`` the benefit that stays without the initiative and isn't counted.
    """

    benefit: float
    cost: float
    expected: float
    kept_minor: float
    returns: Any

    @property
    def rate(self) -> float:
        """Benefit over cost − 1 at μ'."""
        return self.benefit / self.cost - 1

    def chance(self, rate: float) -> float:
        """The share of draws whose return reaches ``rate``."""
        return float(np.mean(self.returns >= rate))

    def chance_if_nothing_stayed(self, rate: float) -> float:
        """The same if all benefit ended with the initiative."""
        return float(np.mean(self.returns + self.kept_minor / self.cost >= rate))


def forward(left: Remaining) -> Forward | None:
    """Return and chance of what is left; None where no money is left to decide about.

    Effects of one behaviour are drawn together, each N(μ', σ') within ±0.95.
    """
    cost = discounted_cost(left.cells, left.now, left.discount_rate)
    if cost <= 0:
        return None
    means = np.array([[one.now.mean] for one in left.effects])
    drawn = _drawn(left.effects)
    benefit, kept = _benefit(left, means)
    draws, _ = _benefit(left, drawn)
    return Forward(
        float(benefit[0]), cost, float(draws.mean()), float(kept[0]), np.sort(draws / cost - 1)
    )


def discounted_cost(cells: Sequence[tuple[int, int]], now: int, rate: float) -> float:
    """Σ minor·(1 + w)^(−(t + ½)/4); what is due since earlier quarters is spent now."""
    return sum(minor * (1 + rate) ** (-(max(at, now) + 0.5) / 4) for at, minor in cells)


def reached_in(shape: ForwardShape, first: Quarter, since: date | None, until: date) -> float:
    """The mean share of the full effect at work in the quarters of a window."""
    end = Quarter.containing(until) - first
    start = Quarter.containing(since) - first if since else end
    return sum(shape.reached(at) for at in range(start, end + 1)) / (end + 1 - start)


def _drawn(effects: Sequence[EffectNow]) -> Any:
    order = sorted({one.case.behaviour for one in effects})
    luck = {behaviour: normals(DRAWS, _SEED, place) for place, behaviour in enumerate(order)}
    rows = [one.now.mean + one.now.error * luck[one.case.behaviour] for one in effects]
    return np.clip(np.array(rows), -LARGEST, LARGEST)


def _benefit(left: Remaining, removals: Any) -> tuple[Any, Any]:
    """Benefit still to come and what of it stays anyway, per column of ``removals``.

    Σ over t ≥ now of V·e^(−S_others)·(e^(−S_kept) − e^(−S)).
    """
    total = np.zeros(removals.shape[1])
    kept = np.zeros(removals.shape[1])
    for name, pool in left.pools.items():
        span = len(pool.value)
        quarters = np.arange(left.now, span)
        worth = np.array(pool.value, dtype=float) * np.exp(-np.array(pool.others))
        before = left.shape.reached(pool.measured)
        grown = np.maximum(0.0, left.shape.profile(span) - before)[left.now :]
        stays = np.minimum(grown, np.maximum(0.0, _staying(left, quarters) - before))
        full = np.zeros(removals.shape[1])
        staying = np.zeros(removals.shape[1])
        for row, one in enumerate(left.effects):
            if one.case.pool == name:
                acts = _intensity(removals[row], one.haircut)
                full += acts
                staying += acts if one.persists else 0.0
        gone = np.exp(-np.outer(staying, stays))
        total += (gone - np.exp(-np.outer(full, grown))) @ worth[left.now :]
        kept += (1 - gone) @ worth[left.now :]
    return total, kept


def _staying(left: Remaining, quarters: Any) -> Any:
    """What is at work today and fades by its half-life from now on."""
    reached = left.shape.reached(left.now)
    if left.shape.half_life is None:
        return np.full(len(quarters), reached)
    return reached * 0.5 ** ((quarters - left.now) / left.shape.half_life)


def _intensity(removal: Any, haircut: float) -> Any:
    """−g·ln(1 − q); harm keeps no haircut."""
    return -np.where(removal > 0, haircut, 1.0) * np.log1p(-removal)
