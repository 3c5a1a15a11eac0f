"""When an initiative may be handed over, and to whom."""

from __future__ import annotations

from app.initiatives.rules.words import OVER, InitiativeState

HAND_OVER = "initiatives.hand_over"


def handover_bar(state: InitiativeState, *, owner: str, owner_is_active: bool) -> str | None:
    """Why an initiative can't be handed over, as a sentence; None if it can."""
    if state in OVER:
        return f"It is {state.word.lower()} and keeps its owner on the record."
    if owner_is_active:
        return f"{owner} owns it and can sign in; it is handed over once its owner is gone."
    if state is InitiativeState.DRAFT:
        return "It is a draft: choose another owner under “Edit”."
    return None


def heir_fault(
    name: str, *, is_active: bool, may_own: bool, has_certified: bool, has_decided: bool
) -> str | None:
    """Why a person can't become the owner, as a sentence; None if they can.

    Four hands: whoever certified its figures or decided about its money never owns it.
    """
    if not is_active:
        return "Choose an owner who can sign in."
    if not may_own:
        return f"{name} is no CX lead or program manager and could do nothing with it."
    if has_certified:
        return f"{name} certified its figures, so somebody else owns it."
    if has_decided:
        return f"{name} decided about its money, so somebody else owns it."
    return None
