"""Why dates move: a short list, so that reasons can be counted over cycles."""

from __future__ import annotations

from enum import Enum

from app.values.texts import LONGEST_NOTE


class MoveReason(Enum):
    """Why something moves on the roadmap."""

    SUPPLIER = "supplier"
    TEAM = "team"
    SCOPE = "scope"
    DEPENDENCY = "dependency"
    EVIDENCE = "evidence"
    EARLIER = "earlier"
    OTHER = "other"

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = {
    MoveReason.SUPPLIER: "Waiting for a supplier",
    MoveReason.TEAM: "Team not free",
    MoveReason.SCOPE: "Scope changed",
    MoveReason.DEPENDENCY: "Dependency late",
    MoveReason.EVIDENCE: "Evidence late",
    MoveReason.EARLIER: "Earlier than planned",
    MoveReason.OTHER: "Another reason",
}


def note_fault(reason: MoveReason, note: str) -> str | None:
    """Why a reason can't be kept with this note, as a sentence; None if it can."""
    if reason is MoveReason.OTHER and not note.strip():
        return "Say in words why; it stays on record."
    if len(note) > LONGEST_NOTE:
        return f"Shorten this to {LONGEST_NOTE:,} characters."
    return None
