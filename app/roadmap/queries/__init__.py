"""Read hurdles with their evidence, decisions and dates."""

from app.roadmap.queries.facts import (
    HurdleRows,
    TrancheKey,
    key_of,
    load_hurdle_rows,
)
from app.roadmap.queries.finishes import FINISHED_MET
from app.roadmap.queries.gates import (
    Gate,
    GateFilter,
    GateLine,
    get_gate,
    horizon_of,
    list_gates,
)
from app.roadmap.queries.rescoping import LAST_RESCOPE
from app.roadmap.queries.standings import list_standings
from app.roadmap.queries.tranches import find_last_measured_on, get_tranche

__all__ = [
    "FINISHED_MET",
    "LAST_RESCOPE",
    "Gate",
    "GateFilter",
    "GateLine",
    "HurdleRows",
    "TrancheKey",
    "find_last_measured_on",
    "get_gate",
    "get_tranche",
    "horizon_of",
    "key_of",
    "list_gates",
    "list_standings",
    "load_hurdle_rows",
]
