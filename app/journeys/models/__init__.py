"""Journeys with their touchpoints, baselines and pools, and what their contact log adds up to."""

from __future__ import annotations

from app.journeys.models.controls import ControlTotal, PoolControl
from app.journeys.models.interactions import InteractionMonth, InteractionSource
from app.journeys.models.journeys import (
    Baseline,
    FigureOrigin,
    Journey,
    LeverPool,
    PoolInput,
    Stage,
    Touchpoint,
    TouchpointFigure,
)

__all__ = [
    "Baseline",
    "ControlTotal",
    "FigureOrigin",
    "InteractionMonth",
    "InteractionSource",
    "Journey",
    "LeverPool",
    "PoolControl",
    "PoolInput",
    "Stage",
    "Touchpoint",
    "TouchpointFigure",
]
