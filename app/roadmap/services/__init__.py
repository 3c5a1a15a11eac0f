"""Record evidence, decide hurdles and move their dates."""

from app.roadmap.services.dates import move_due_date, move_due_dates
from app.roadmap.services.evidence import record_evidence, record_evidence_once
from app.roadmap.services.hurdles import HurdleOutcome, decide_hurdle
from app.roadmap.services.rescoping import rescope_hurdle

__all__ = [
    "HurdleOutcome",
    "decide_hurdle",
    "move_due_date",
    "move_due_dates",
    "record_evidence",
    "record_evidence_once",
    "rescope_hurdle",
]
