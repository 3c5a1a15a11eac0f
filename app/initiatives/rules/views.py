"""Saved views of the registry: names, and who changes which."""

from __future__ import annotations

LONGEST_VIEW_NAME = 60
LONGEST_QUERY = 2_000
MOST_VIEWS = 50
"""How many one person keeps; more would be found no faster than filtering anew."""
MODERATE_VIEWS = "views.moderate"


def view_name_fault(name: str, *, others: set[str]) -> str | None:
    """Why a view can't have the name, as a sentence; ``others``: the owner's other views."""
    if not name:
        return "Give the view a name."
    if len(name) > LONGEST_VIEW_NAME:
        return f"Shorten the name to at most {LONGEST_VIEW_NAME} characters."
    same = next((one for one in sorted(others) if one.lower() == name.lower()), None)
    if same is None:
        return None
    return f"You have a view “{same}” already. Choose another name, or replace that one."


def removal_fault(*, is_owner: bool, is_shared: bool, may_moderate: bool) -> str | None:
    """Why somebody can't remove a view, as a sentence; None if they can."""
    if is_owner or (is_shared and may_moderate):
        return None
    return "Only who saved a view removes it; an admin can remove a shared one."
