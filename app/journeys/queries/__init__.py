"""Read journeys, their log, baselines and pools, and ask later stations who acts where."""

from __future__ import annotations

from app.audit.queries import SUBJECT_CURRENCIES
from app.journeys.queries.bindings import LastFigures, find_last_figures, list_touchpoints
from app.journeys.queries.controls import (
    get_control_total,
    list_claims,
    list_control_totals,
    lock_pools,
)
from app.journeys.queries.currencies import journey_currencies, pool_currencies
from app.journeys.queries.cutting import (
    list_log_sources,
    load_logged_months,
    load_origins,
    load_versions,
)
from app.journeys.queries.freshness import load_oldest_kept, load_stale_baselines
from app.journeys.queries.journeys import (
    TOUCHPOINT_COVERS,
    Acting,
    JourneyState,
    TouchpointCover,
    acting_on,
    get_journey,
    get_journey_map,
    get_journey_places,
    get_journey_versions,
    get_journey_with_pools,
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
    find_logged_months,
    has_logged_costs,
    list_reason_rows,
    load_by_channel,
    load_by_reason,
    load_by_segment,
    load_by_touchpoint,
    load_log_frame,
    load_log_sources,
    touchpoints_ever_logged,
    use_by_segment,
)
from app.journeys.queries.moments import Followed, FollowedSystem, load_followed
from app.journeys.queries.needs import get_need, list_needs, need_draft
from app.journeys.queries.worth import POOL_CLAIMS, PoolClaim, PoolClaimant, claims_on_pools

SUBJECT_CURRENCIES.update({"journey": journey_currencies, "pool": pool_currencies})

__all__ = [
    "POOL_CLAIMS",
    "TOUCHPOINT_COVERS",
    "Acting",
    "Followed",
    "FollowedSystem",
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
    "find_logged_months",
    "get_control_total",
    "get_journey",
    "get_journey_map",
    "get_journey_places",
    "get_journey_versions",
    "get_journey_with_pools",
    "get_need",
    "has_logged_costs",
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
    "load_log_sources",
    "load_logged_months",
    "load_oldest_kept",
    "load_origins",
    "load_stale_baselines",
    "load_versions",
    "load_visible_places",
    "lock_pools",
    "measured",
    "need_draft",
    "retain_shares",
    "touchpoints_ever_logged",
    "touchpoints_ever_measured",
    "use_by_segment",
]
