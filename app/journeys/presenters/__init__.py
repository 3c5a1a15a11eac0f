"""Arrange journeys, heat maps, baselines and pools for their pages."""

from __future__ import annotations

from app.journeys.presenters.baselines import (
    FIGURE_HEAD,
    figure_rows,
    place_of,
    touchpoints_in_order,
)
from app.journeys.presenters.cutting import cut_facts, cut_words, month_choices
from app.journeys.presenters.heat_map import HeatMap, Look, heat_map
from app.journeys.presenters.inspector import Inspector, inspector
from app.journeys.presenters.journeys import JourneyRow, journey_rows, journey_tabs
from app.journeys.presenters.origins import (
    SHOWN,
    change_rows,
    log_line,
    origin_rows,
)
from app.journeys.presenters.pools import PoolView, pool_view, pool_views

__all__ = [
    "FIGURE_HEAD",
    "SHOWN",
    "HeatMap",
    "Inspector",
    "JourneyRow",
    "Look",
    "PoolView",
    "change_rows",
    "cut_facts",
    "cut_words",
    "figure_rows",
    "heat_map",
    "inspector",
    "journey_rows",
    "journey_tabs",
    "log_line",
    "month_choices",
    "origin_rows",
    "place_of",
    "pool_view",
    "pool_views",
    "touchpoints_in_order",
]
