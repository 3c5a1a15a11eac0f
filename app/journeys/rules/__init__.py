"""The fixed words of a journey, its pools, how effects unfold, and where it hurts."""

from __future__ import annotations

from app.journeys.rules.effect import LARGEST_REMOVAL, intensity, ramp_profile, removed_share
from app.journeys.rules.hot_spots import (
    HOT_SPOT_PAIN,
    Measured,
    hot_spot_score,
    mean_satisfaction,
    mean_target,
    pain,
    pain_scale,
)
from app.journeys.rules.pools import (
    FORMULAS,
    LEVER_INPUTS,
    InputKind,
    InputSpec,
    annual_pool_minor,
    discounted_pool_minor,
    input_faults,
    savable_customers,
)
from app.journeys.rules.words import Channel, Lever, PoolState, StageKind

__all__ = [
    "FORMULAS",
    "HOT_SPOT_PAIN",
    "LARGEST_REMOVAL",
    "LEVER_INPUTS",
    "Channel",
    "InputKind",
    "InputSpec",
    "Lever",
    "Measured",
    "PoolState",
    "StageKind",
    "annual_pool_minor",
    "discounted_pool_minor",
    "hot_spot_score",
    "input_faults",
    "intensity",
    "mean_satisfaction",
    "mean_target",
    "pain",
    "pain_scale",
    "ramp_profile",
    "removed_share",
    "savable_customers",
]
