"""Colours and words of an initiative's states, and of dates and grades."""

from __future__ import annotations

from app.initiatives.rules import InitiativeState

_TONES = {
    InitiativeState.DRAFT: "draft",
    InitiativeState.SUBMITTED: "review",
    InitiativeState.CERTIFIED: "ok",
    InitiativeState.CANDIDATE: "accent",
    InitiativeState.APPROVED: "passed",
    InitiativeState.STOPPED: "missed",
    InitiativeState.WITHDRAWN: "idle",
}


def tone(state: InitiativeState) -> str:
    """The colour and glyph a state is shown with; its word stands beside them."""
    return _TONES[state]
