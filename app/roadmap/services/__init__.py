"""Record evidence, decide hurdles and re-plan the roadmap."""

from app.roadmap.services.evidence import record_evidence, record_evidence_once
from app.roadmap.services.hurdles import HurdleOutcome, decide_hurdle
from app.roadmap.services.replanning import SavedPlan, Why, save_plan
from app.roadmap.services.rescoping import rescope_hurdle

__all__ = [
    "HurdleOutcome",
    "SavedPlan",
    "Why",
    "decide_hurdle",
    "record_evidence",
    "record_evidence_once",
    "rescope_hurdle",
    "save_plan",
]
