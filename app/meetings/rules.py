"""What a gate meeting is, when it can be closed, and how its minutes are written for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import Enum

from app.values.canonical import canonical_json
from app.values.written import day_words

FORMAT = "waymark/gate-meeting"
VERSION = 1
LONGEST_TITLE = 120
MOST_ITEMS = 60
NEAR_DAYS = 14
"""How long after its day a hurdle may be due to stand on the agenda that is offered."""


class MeetingState(Enum):
    """Open until its minutes are closed, then never changed."""

    OPEN = "open"
    CLOSED = "closed"

    @property
    def word(self) -> str:
        return {"open": "Open", "closed": "Closed"}[self.value]


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """What somebody calls a meeting with; ``gates`` are hurdles in the order of the agenda."""

    title: str
    held_on: date
    gates: Sequence[int]


def draft_faults(draft: MeetingDraft) -> dict[str, str]:
    """What is impossible about a meeting, a sentence by field."""
    faults: dict[str, str] = {}
    if not draft.title.strip():
        faults["title"] = "Give the meeting a title."
    elif len(draft.title) > LONGEST_TITLE:
        faults["title"] = f"Shorten the title to {LONGEST_TITLE} characters."
    if not draft.gates:
        faults["gates"] = "Choose at least one hurdle for the agenda."
    elif len(draft.gates) > MOST_ITEMS:
        faults["gates"] = f"Choose at most {MOST_ITEMS} hurdles; call a second meeting for more."
    return faults


@dataclass(frozen=True, slots=True)
class Minutes:
    """What was noted: who was there, and a note by agenda item."""

    attendees: Sequence[int]
    guests: str
    notes: Mapping[int, str]


def closing_fault(held_on: date, attendees: Sequence[object], today: date) -> str | None:
    """Why the minutes can't be closed yet, as a sentence; None if they can."""
    if held_on > today:
        return f"The meeting is on {day_words(held_on)}; its minutes can be closed from then on."
    if not attendees:
        return "Say who was there before you close the minutes."
    return None


@dataclass(frozen=True, slots=True)
class FrozenDecision:
    """A decision on a hurdle as it stood when the minutes were closed."""

    action: str
    recommended: str
    grounds: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FrozenItem:
    """An agenda item as it stood when the minutes were closed."""

    tranche: int
    key: str
    title: str
    gate: str
    due_on: date
    amount_minor: int
    currency: str
    state: str
    measured: Sequence[str]
    decisions: Sequence[FrozenDecision]
    note: str


@dataclass(frozen=True, slots=True)
class FrozenMeeting:
    """The minutes as they are kept."""

    id: int
    title: str
    held_on: date
    attendees: Sequence[str]
    guests: str
    items: Sequence[FrozenItem]
    closed_by: str
    closed_at: datetime


def minutes_bytes(meeting: FrozenMeeting) -> bytes:
    """The one byte form of closed minutes."""
    return canonical_json({"format": FORMAT, "version": VERSION} | asdict(meeting))
