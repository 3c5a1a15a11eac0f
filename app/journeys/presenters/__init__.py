"""Arrange journeys, heat maps, baselines and pools for their pages."""

from __future__ import annotations

from app.journeys.presenters.baselines import (
    FIGURE_HEAD,
    figure_rows,
    place_of,
    short_source,
    touchpoints_in_order,
)
from app.journeys.presenters.basis import basis_words, log_words, source_words, span_words
from app.journeys.presenters.contacts import (
    COMPARED,
    SORTS,
    channel_rows,
    contact_table,
    loss_rows,
    segment_rows,
)
from app.journeys.presenters.controls import ControlRow, control_rows
from app.journeys.presenters.cutting import (
    LastVersion,
    cut_facts,
    cut_words,
    kept_words,
    month_choices,
)
from app.journeys.presenters.heat_map import HeatMap, heat_map, known_of
from app.journeys.presenters.inspector import Inspector, inspector
from app.journeys.presenters.journeys import (
    JourneyRow,
    SpotLine,
    journey_rows,
    journey_tabs,
    spot_lines,
    uncovered_ids,
)
from app.journeys.presenters.looks import SHOWS, Logs, Look, adds_up, reads_log
from app.journeys.presenters.moments import MOMENT_HEAD, MomentTable, moment_table
from app.journeys.presenters.needs import NeedView, need_view
from app.journeys.presenters.origins import (
    SHOWN,
    change_rows,
    input_changes,
    log_days_words,
    log_line,
    origin_rows,
    shared_words,
)
from app.journeys.presenters.pools import (
    PoolView,
    bindable_places,
    place_names,
    pool_lines,
    pool_view,
    pool_views,
)

__all__ = [
    "COMPARED",
    "FIGURE_HEAD",
    "MOMENT_HEAD",
    "SHOWN",
    "SHOWS",
    "SORTS",
    "ControlRow",
    "HeatMap",
    "Inspector",
    "JourneyRow",
    "LastVersion",
    "Logs",
    "Look",
    "MomentTable",
    "NeedView",
    "PoolView",
    "SpotLine",
    "adds_up",
    "basis_words",
    "bindable_places",
    "change_rows",
    "channel_rows",
    "contact_table",
    "control_rows",
    "cut_facts",
    "cut_words",
    "figure_rows",
    "heat_map",
    "input_changes",
    "inspector",
    "journey_rows",
    "journey_tabs",
    "kept_words",
    "known_of",
    "log_days_words",
    "log_line",
    "log_words",
    "loss_rows",
    "moment_table",
    "month_choices",
    "need_view",
    "origin_rows",
    "place_names",
    "place_of",
    "pool_lines",
    "pool_view",
    "pool_views",
    "reads_log",
    "segment_rows",
    "shared_words",
    "short_source",
    "source_words",
    "span_words",
    "spot_lines",
    "touchpoints_in_order",
    "uncovered_ids",
]
