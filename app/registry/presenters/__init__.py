"""Dry runs, imports and returned workbooks arranged for their pages."""

from app.registry.presenters.differences import (
    DiffView,
    diff_view,
    edit_groups,
    edit_rows,
)
from app.registry.presenters.importing import (
    DraftView,
    batch_rows,
    draft_view,
    state_counts,
    stored_issues,
)
from app.registry.presenters.kinds import budget_rows, import_kinds, past_imports

__all__ = [
    "DiffView",
    "DraftView",
    "batch_rows",
    "budget_rows",
    "diff_view",
    "draft_view",
    "edit_groups",
    "edit_rows",
    "import_kinds",
    "past_imports",
    "state_counts",
    "stored_issues",
]
