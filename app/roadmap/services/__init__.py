"""Record evidence, amend criteria, decide hurdles and re-plan the roadmap."""

from app.roadmap.services.amendments import ask_amendment, end_amendment, withdraw_amendment
from app.roadmap.services.evidence import record_evidence, record_evidence_once
from app.roadmap.services.hurdles import HurdleOutcome, decide_hurdle
from app.roadmap.services.replanning import SavedPlan, Why, save_plan
from app.roadmap.services.rescoping import rescope_hurdle

__all__ = [
    "HurdleOutcome",
    "SavedPlan",
    "Why",
    "ask_amendment",
    "decide_hurdle",
    "end_amendment",
    "record_evidence",
    "record_evidence_once",
    "rescope_hurdle",
    "save_plan",
    "withdraw_amendment",
]
