"""Arrange journeys, heat maps, baselines and pools for their pages."""

from __future__ import annotations

from app.journeys.presenters.baselines import (
    FIGURE_HEAD,
    comparison_rows,
    figure_rows,
    place_of,
    touchpoints_in_order,
)
from app.journeys.presenters.heat_map import HeatMap, Look, heat_map
from app.journeys.presenters.inspector import Inspector, inspector
from app.journeys.presenters.journeys import JourneyRow, journey_rows, journey_tabs
from app.journeys.presenters.pools import PoolView, pool_view, pool_views

__all__ = [
    "FIGURE_HEAD",
    "HeatMap",
    "Inspector",
    "JourneyRow",
    "Look",
    "PoolView",
    "comparison_rows",
    "figure_rows",
    "heat_map",
    "inspector",
    "journey_rows",
    "journey_tabs",
    "place_of",
    "pool_view",
    "pool_views",
    "touchpoints_in_order",
]
