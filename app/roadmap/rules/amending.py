"""Amendments of locked criteria: what may be asked, who may agree, and what is looser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from app.approvals.rules import OPEN_TRANCHES, TrancheState
from app.initiatives.rules.faults import LARGEST_COUNT
from app.roadmap.rules.deciding import Decider
from app.roadmap.rules.measuring import measured_fault, unusual_words
from app.roadmap.rules.wanted import Wanted

PERMISSION = "amendments.ask"
MANAGES = "roadmap.replan"
"""Whoever keeps the roadmap asks for any initiative; others only for their own."""

LONGEST_REASON = 4_000
DECIDED = "This hurdle is decided; its criteria stay as they were."


class AmendmentState(Enum):
    """Where an amendment stands; it leaves waiting once and then never changes."""

    WAITING = "waiting"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"

    @property
    def word(self) -> str:
        return self.value.capitalize()


class Hand(Enum):
    """What somebody did that keeps them from agreeing to an amendment."""

    LEADS = "leads"
    CHANGED = "changed"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class AmendmentRecord:
    """What bars answers to an amendment: where it and its hurdle stand, and whose hands are in it.

    ``hands`` are what each person did, by id.
    """

    state: AmendmentState
    tranche: TrancheState
    key: str
    asked_by: int
    hands: Mapping[int, Hand]


def amendment_faults(
    wanted: Wanted, now: Wanted, reason: str, *, unit: str, baseline: Decimal | None
) -> dict[str, str]:
    """What is impossible about asking for this instead of what is agreed now, by field."""
    faults = {}
    if not reason.strip():
        faults["reason"] = "Say why; whoever decides reads it, and it stays on record."
    elif len(reason.strip()) > LONGEST_REASON:
        faults["reason"] = f"Shorten the reason to {LONGEST_REASON:,} characters."
    below = measured_fault(wanted.threshold, unit, threshold=now.threshold, baseline=baseline)
    odd = unusual_words(wanted.threshold, unit, threshold=now.threshold, baseline=baseline)
    if below:
        faults["threshold"] = below
    elif odd and wanted.threshold >= 0:
        faults["threshold"] = f"{odd} Nothing agreed lies there; look at it again."
    sample = wanted.minimum_sample
    if sample is not None and sample < 1:
        faults["minimum_sample"] = "A sample has at least 1 in it; leave it empty for none."
    elif sample is not None and sample > LARGEST_COUNT:
        faults["minimum_sample"] = f"Enter at most {LARGEST_COUNT:,}."
    elif wanted == now:
        faults["threshold"] = "This is what is agreed now; change the threshold or the sample."
    return faults


def bar_on_asking(state: TrancheState, key: str, *, manages: bool, is_owner: bool) -> str | None:
    """Why the person can't ask for an amendment, as a sentence; None if they can."""
    if not (manages or is_owner):
        return f"Only the program manager or who owns {key} asks for an amendment."
    return None if state in OPEN_TRANCHES else DECIDED


def bar_on_waiting(record: AmendmentRecord) -> str | None:
    """Why nobody can answer the amendment now, or withdraw it."""
    if record.state is AmendmentState.CLOSED:
        return "This amendment is closed: its hurdle was decided first."
    if record.state is not AmendmentState.WAITING:
        return f"This amendment is {record.state.value} already."
    return None if record.tranche in OPEN_TRANCHES else DECIDED


def bar_on_agreeing(record: AmendmentRecord, decider: Decider) -> str | None:
    """Why this person can neither agree nor decline, whatever is asked."""
    if not decider.may:
        return "Only Finance agrees to amendments."
    if decider.id == record.asked_by:
        return "You cannot decide: you asked for it. Somebody else in Finance has to."
    hand = record.hands.get(decider.id)
    if hand is None:
        return None
    return f"You cannot decide: you {_DID[hand].format(key=record.key)}. Somebody else has to."


_DID = {
    Hand.LEADS: "own, owned or proposed {key}",
    Hand.CHANGED: "changed {key} before it was approved",
    Hand.MEASURED: "recorded evidence of this hurdle",
}
