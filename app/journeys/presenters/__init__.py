"""Arrange journeys, heat maps, baselines and pools for their pages."""

from __future__ import annotations

from app.journeys.presenters.baselines import (
    FIGURE_HEAD,
    figure_rows,
    place_of,
    touchpoints_in_order,
)
from app.journeys.presenters.controls import ControlRow, control_rows
from app.journeys.presenters.cutting import cut_facts, cut_words, month_choices
from app.journeys.presenters.heat_map import HeatMap, Look, heat_map
from app.journeys.presenters.inspector import Inspector, inspector
from app.journeys.presenters.journeys import JourneyRow, journey_rows, journey_tabs
from app.journeys.presenters.origins import (
    SHOWN,
    change_rows,
    input_changes,
    log_line,
    origin_rows,
)
from app.journeys.presenters.pools import (
    PoolView,
    bindable_places,
    place_names,
    pool_view,
    pool_views,
)

__all__ = [
    "FIGURE_HEAD",
    "SHOWN",
    "ControlRow",
    "HeatMap",
    "Inspector",
    "JourneyRow",
    "Look",
    "PoolView",
    "bindable_places",
    "change_rows",
    "control_rows",
    "cut_facts",
    "cut_words",
    "figure_rows",
    "heat_map",
    "input_changes",
    "inspector",
    "journey_rows",
    "journey_tabs",
    "log_line",
    "month_choices",
    "origin_rows",
    "place_names",
    "place_of",
    "pool_view",
    "pool_views",
    "touchpoints_in_order",
]
