"""Who may own a journey, a pool or a control total."""

from __future__ import annotations

from app.accounts.models import Person
from app.accounts.rules import WORKING_ROLES


def owner_fault(owner: Person | None, *, before: Person | None = None) -> str | None:
    """Why somebody can't own it, as a sentence; whoever owned it ``before`` may stay."""
    if owner is None or not owner.is_active:
        return "Choose somebody who can sign in."
    if owner is not before and owner.held_roles.isdisjoint(WORKING_ROLES):
        return f"{owner.name} can only look; choose somebody who can act on it."
    return None
