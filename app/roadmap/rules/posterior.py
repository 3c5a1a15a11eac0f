"""What a measurement leaves of the approved case: a weighted mean by precision (model, H1–H3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from math import sqrt

from app.initiatives.rules import EvidenceGrade
from app.initiatives.rules.spreads import TENTH


@dataclass(frozen=True, slots=True)
class Normal:
    """A figure with its standard error, in its own unit."""

    mean: float
    error: float


class Design(Enum):
    """How a measurement was compared, which says how well the effect is known afterwards."""

    CONTROLLED = "controlled"
    COMPARISON = "comparison"
    BEFORE_AFTER = "before_after"

    @property
    def word(self) -> str:
        return _DESIGNS[self][0]

    @property
    def grade(self) -> EvidenceGrade:
        return _DESIGNS[self][1]


_DESIGNS = {
    Design.CONTROLLED: ("A controlled test", EvidenceGrade.A),
    Design.COMPARISON: ("Before and after, with a comparison", EvidenceGrade.B),
    Design.BEFORE_AFTER: ("Before and after alone", EvidenceGrade.C),
}


class Among(Enum):
    """Who was measured: only customers the change reaches, or all of them."""

    EXPOSED = "exposed"
    ALL = "all"

    @property
    def word(self) -> str:
        return "Only those it reaches" if self is Among.EXPOSED else "All customers"


@dataclass(frozen=True, slots=True)
class EffectCase:
    """An effect as approved: removal fraction ± σ, the haircut of its grade.

    ``behaviour`` is any number that effects of one behaviour share: they are drawn together.
    ``is_assumed``: no P10 and P90 were stated, so σ = (1 − g)·|μ|.
    """

    behaviour: int
    pool: str
    removal: Normal
    haircut: float
    is_assumed: bool


@dataclass(frozen=True, slots=True)
class BehaviourMeasured:
    """The latest measurement of a behaviour against what was planned, in its own unit.

    ``reached`` is the share of the full effect that was at work when it was measured: 1 where only
    exposed customers were, the mean ramp of the window where all were.
    """

    baseline: float
    target: float
    value: Normal
    reached: float
    design: Design
    persists: bool = False


@dataclass(frozen=True, slots=True)
class EffectNow:
    """An effect as approved, as measured (None while it is not) and as both together say."""

    case: EffectCase
    measured: Normal | None
    now: Normal
    haircut: float
    persists: bool = False


def effect_case(
    behaviour: int,
    pool: str,
    removal: Decimal,
    low: Decimal | None,
    high: Decimal | None,
    grade: EvidenceGrade,
) -> EffectCase:
    """The prior of an effect. σ = (P90 − P10)/2.563; without a range (1 − g)·|μ|."""
    mean, kept = float(removal), float(grade.haircut)
    is_assumed = low is None or high is None
    error = (1 - kept) * abs(mean)
    if low is not None and high is not None:
        error = float(high - low) / (2 * TENTH)
    return EffectCase(behaviour, pool, Normal(mean, error), kept, is_assumed)


def posterior(prior: Normal, measured: Normal) -> Normal:
    """μ' = (μ/σ² + y/e²)/(1/σ² + 1/e²), σ' = (1/σ² + 1/e²)^(−½); what is certain stays."""
    weight = weight_of(prior, measured)
    mean = prior.mean + weight * (measured.mean - prior.mean)
    return Normal(mean, prior.error * sqrt(1 - weight))


def weight_of(prior: Normal, measured: Normal) -> float:
    """The share the measurement has in the posterior: σ²/(σ² + e²)."""
    spread = prior.error**2 + measured.error**2
    return prior.error**2 / spread if spread else 0.0


def measured_effect(case: EffectCase, found: BehaviourMeasured) -> Normal:
    """The removal fraction a behaviour's measurement stands for: μ·(v − b₀)/(b₁ − b₀)/ρ.

    Raises ValueError when the target is the baseline or nothing was at work yet.
    """
    way = found.target - found.baseline
    if not way or found.reached <= 0:
        raise ValueError("A measurement needs a way to go and an effect at work.")
    per_unit = case.removal.mean / (way * found.reached)
    moved = found.value.mean - found.baseline
    return Normal(per_unit * moved, abs(per_unit) * found.value.error)


def effect_now(case: EffectCase, found: BehaviourMeasured | None) -> EffectNow:
    """The effect after the measurement; the haircut moves to the design's by its weight."""
    if found is None:
        return EffectNow(case, None, case.removal, case.haircut)
    measured = measured_effect(case, found)
    weight = weight_of(case.removal, measured)
    haircut = case.haircut + weight * (float(found.design.grade.haircut) - case.haircut)
    now = posterior(case.removal, measured)
    return EffectNow(case, measured, now, haircut, found.persists)


def widest_error(effects: Sequence[EffectNow]) -> float:
    """The largest σ' of the measured effects; infinite while none is measured."""
    return max((one.now.error for one in effects if one.measured), default=float("inf"))
