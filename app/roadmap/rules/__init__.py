"""What can be said about hurdles from figures alone."""

from app.roadmap.rules.deciding import (
    PERMISSION,
    Decider,
    HurdleRecord,
    bar_on_hurdle,
    bar_on_person,
    bar_on_state,
    hold_fault,
    last_hold_day,
    needs_reason,
)
from app.roadmap.rules.hurdles import (
    HOLD_DAYS,
    SOON_DAYS,
    CriterionFacts,
    HurdleFacts,
    Measurement,
    Reading,
    Recommendation,
    deciding,
    hurdle_state,
    readings,
    recommend,
    recommended_action,
)
from app.roadmap.rules.measuring import UNUSUAL, measured_fault, unusual_words
from app.roadmap.rules.moving import Horizon, HurdleDay, move_faults
from app.roadmap.rules.words import HurdleAction, HurdleState

__all__ = [
    "HOLD_DAYS",
    "PERMISSION",
    "SOON_DAYS",
    "UNUSUAL",
    "CriterionFacts",
    "Decider",
    "Horizon",
    "HurdleAction",
    "HurdleDay",
    "HurdleFacts",
    "HurdleRecord",
    "HurdleState",
    "Measurement",
    "Reading",
    "Recommendation",
    "bar_on_hurdle",
    "bar_on_person",
    "bar_on_state",
    "deciding",
    "hold_fault",
    "hurdle_state",
    "last_hold_day",
    "measured_fault",
    "move_faults",
    "needs_reason",
    "readings",
    "recommend",
    "recommended_action",
    "unusual_words",
]
