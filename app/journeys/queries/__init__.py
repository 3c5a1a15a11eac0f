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
    get_journey_map,
    get_journey_places,
    get_journey_with_pools,
    last_measured,
    list_journey_states,
    list_journeys,
    list_possible_owners,
    load_figures,
    load_visible_places,
    measured,
    retain_shares,
    touchpoints_ever_measured,
)
from app.journeys.queries.log import (
    LogScope,
    ReasonRow,
    find_last_month,
    list_reason_rows,
    load_by_channel,
    load_by_reason,
    load_by_segment,
    load_by_touchpoint,
    load_log_frame,
    use_by_segment,
)
from app.journeys.queries.moments import Followed, load_followed
from app.journeys.queries.needs import get_need, list_needs, need_draft
from app.journeys.queries.worth import POOL_CLAIMS, PoolClaim, PoolClaimant, claims_on_pools

__all__ = [
    "POOL_CLAIMS",
    "TOUCHPOINT_COVERS",
    "Acting",
    "Followed",
    "JourneyState",
    "LastFigures",
    "LogScope",
    "PoolClaim",
    "PoolClaimant",
    "ReasonRow",
    "TouchpointCover",
    "acting_on",
    "claims_on_pools",
    "find_last_figures",
    "find_last_month",
    "get_control_total",
    "get_journey",
    "get_journey_map",
    "get_journey_places",
    "get_journey_with_pools",
    "get_need",
    "last_measured",
    "list_claims",
    "list_control_totals",
    "list_journey_states",
    "list_journeys",
    "list_log_sources",
    "list_needs",
    "list_possible_owners",
    "list_reason_rows",
    "list_touchpoints",
    "load_by_channel",
    "load_by_reason",
    "load_by_segment",
    "load_by_touchpoint",
    "load_figures",
    "load_followed",
    "load_log_frame",
    "load_logged_months",
    "load_origins",
    "load_stale_baselines",
    "load_visible_places",
    "lock_pools",
    "measured",
    "need_draft",
    "retain_shares",
    "touchpoints_ever_measured",
    "use_by_segment",
]
