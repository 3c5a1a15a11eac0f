"""Journeys with touchpoints, baselines, pools, what their log adds up to, what customers need."""

from __future__ import annotations

from app.journeys.models.controls import ControlTotal, PoolControl
from app.journeys.models.interactions import (
    InteractionErasure,
    InteractionMoment,
    InteractionMonth,
    InteractionSource,
    InteractionSuppression,
)
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
from app.journeys.models.needs import CustomerNeed, NeedStatement

__all__ = [
    "Baseline",
    "ControlTotal",
    "CustomerNeed",
    "FigureOrigin",
    "InteractionErasure",
    "InteractionMoment",
    "InteractionMonth",
    "InteractionSource",
    "InteractionSuppression",
    "Journey",
    "LeverPool",
    "NeedStatement",
    "PoolControl",
    "PoolInput",
    "Stage",
    "Touchpoint",
    "TouchpointFigure",
]
