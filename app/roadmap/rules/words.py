"""What can be decided about a hurdle and how a hurdle shows."""

from __future__ import annotations

from enum import Enum


class HurdleAction(Enum):
    """What the decider does with the money a hurdle holds."""

    RELEASE = "release"
    HOLD = "hold"
    RESCOPE = "rescope"
    FINISH = "finish"
    STOP = "stop"

    @property
    def word(self) -> str:
        return _ACTION_WORDS[self]

    @property
    def ends_hurdle(self) -> bool:
        """Whether nothing is left to decide at the hurdle."""
        return self not in (HurdleAction.HOLD, HurdleAction.RESCOPE)

    @property
    def frees_rest(self) -> bool:
        """Whether this and every later hurdle gives its money back."""
        return self in (HurdleAction.FINISH, HurdleAction.STOP)


_ACTION_WORDS = {
    HurdleAction.RELEASE: "Release",
    HurdleAction.HOLD: "Hold",
    HurdleAction.RESCOPE: "Rescope",
    HurdleAction.FINISH: "Finish early",
    HurdleAction.STOP: "Stop",
}


class HurdleState(Enum):
    """How a hurdle stands today; derived from tranche, evidence and dates, never stored."""

    PASSED = "passed"
    IN_REVIEW = "review"
    AT_RISK = "risk"
    MISSED = "missed"
    NOT_DUE = "notdue"
    STOPPED = "stopped"
    WAIVED = "waived"

    @property
    def word(self) -> str:
        return _STATE_WORDS[self]


_STATE_WORDS = {
    HurdleState.PASSED: "Passed",
    HurdleState.IN_REVIEW: "In review",
    HurdleState.AT_RISK: "At risk",
    HurdleState.MISSED: "Missed",
    HurdleState.NOT_DUE: "Not due",
    HurdleState.STOPPED: "Stopped",
    HurdleState.WAIVED: "Waived",
}
