"""Journeys with touchpoints, baselines, pools, what their log adds up to, what customers need."""

from __future__ import annotations

from app.journeys.models.interactions import InteractionMonth, InteractionSource
from app.journeys.models.journeys import (
    Baseline,
    Journey,
    LeverPool,
    PoolInput,
    Stage,
    Touchpoint,
    TouchpointFigure,
)
from app.journeys.models.needs import CustomerNeed, NeedStatement

__all__ = [
    "Baseline",
    "CustomerNeed",
    "InteractionMonth",
    "InteractionSource",
    "Journey",
    "LeverPool",
    "NeedStatement",
    "PoolInput",
    "Stage",
    "Touchpoint",
    "TouchpointFigure",
]
