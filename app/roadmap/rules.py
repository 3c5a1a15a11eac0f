"""What can be decided about a hurdle and how a hurdle shows."""

from __future__ import annotations

from enum import Enum


class HurdleAction(Enum):
    """What the decider does with the money a hurdle holds."""

    RELEASE = "release"
    HOLD = "hold"
    STOP = "stop"


class HurdleState(Enum):
    """How a hurdle stands today; derived from tranche, evidence and dates, never stored."""

    PASSED = "passed"
    IN_REVIEW = "review"
    AT_RISK = "risk"
    MISSED = "missed"
    NOT_DUE = "notdue"
    WAIVED = "waived"
