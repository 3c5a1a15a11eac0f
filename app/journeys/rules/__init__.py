"""The fixed words of a journey, its pools, how effects unfold, and where it hurts."""

from __future__ import annotations

from app.journeys.rules.drafts import (
    BaselineDraft,
    JourneyDraft,
    PoolDraft,
    PoolFigure,
    ShapeDraft,
    baseline_age_fault,
    baseline_faults,
    figure_cell,
    journey_faults,
    pool_faults,
    shape_faults,
    stage_cell,
    touchpoint_cell,
)
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
    "BaselineDraft",
    "Channel",
    "InputKind",
    "InputSpec",
    "JourneyDraft",
    "Lever",
    "Measured",
    "PoolDraft",
    "PoolFigure",
    "PoolState",
    "ShapeDraft",
    "StageKind",
    "annual_pool_minor",
    "baseline_age_fault",
    "baseline_faults",
    "discounted_pool_minor",
    "figure_cell",
    "hot_spot_score",
    "input_faults",
    "intensity",
    "journey_faults",
    "mean_satisfaction",
    "mean_target",
    "pain",
    "pain_scale",
    "pool_faults",
    "ramp_profile",
    "removed_share",
    "savable_customers",
    "shape_faults",
    "stage_cell",
    "touchpoint_cell",
]
