"""Read journeys, their log, baselines and pools, and ask later stations who acts where."""

from __future__ import annotations

from app.journeys.queries.bindings import LastFigures, find_last_figures, list_touchpoints
from app.journeys.queries.controls import (
    get_control_total,
    list_claims,
    list_control_totals,
    lock_pools,
)
from app.journeys.queries.cutting import (
    list_log_sources,
    load_logged_months,
    load_origins,
)
from app.journeys.queries.freshness import load_stale_baselines
from app.journeys.queries.journeys import (
    TOUCHPOINT_COVERS,
    Acting,
    JourneyState,
    TouchpointCover,
    acting_on,
    get_journey,
    get_journey_with_pools,
    last_measured,
    list_journey_states,
    list_journeys,
    list_possible_owners,
    load_figures,
    measured,
    retain_shares,
    touchpoints_ever_measured,
)

__all__ = [
    "TOUCHPOINT_COVERS",
    "Acting",
    "JourneyState",
    "LastFigures",
    "TouchpointCover",
    "acting_on",
    "find_last_figures",
    "get_control_total",
    "get_journey",
    "get_journey_with_pools",
    "last_measured",
    "list_claims",
    "list_control_totals",
    "list_journey_states",
    "list_journeys",
    "list_log_sources",
    "list_possible_owners",
    "list_touchpoints",
    "load_figures",
    "load_logged_months",
    "load_origins",
    "load_stale_baselines",
    "lock_pools",
    "measured",
    "retain_shares",
    "touchpoints_ever_measured",
]
