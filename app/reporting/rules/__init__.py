"""What a person is led through, reminded of and told."""

from app.reporting.rules.digest import MOST_LINES, DigestLine, digest_letter
from app.reporting.rules.feed import Entry
from app.reporting.rules.first_cycle import (
    STEPS,
    FirstCycle,
    Place,
    Step,
    StepState,
    step_state,
)

__all__ = [
    "MOST_LINES",
    "STEPS",
    "DigestLine",
    "Entry",
    "FirstCycle",
    "Place",
    "Step",
    "StepState",
    "digest_letter",
    "step_state",
]
