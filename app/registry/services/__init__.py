"""Bringing registries in, taking them back and moving them on; taking workbooks back."""

from app.registry.services.budgeting import (
    apply_budgets,
    budgets_undo_bar,
    draft_of,
    import_budgets,
    undo_budgets,
    with_faults,
)
from app.registry.services.importing import (
    ImportFile,
    import_registry,
    preview_import,
    undo_bar,
    undo_import,
)
from app.registry.services.moving import list_held, move_all
from app.registry.services.returning import (
    Workbook,
    compare_file,
    load_current,
    save_file,
    try_cells,
)
from app.registry.services.reversing import reverse_file
from app.registry.services.rows import (
    RowFile,
    keep_mapping,
    list_mappings,
    mapping_for,
    wanted_columns,
)
from app.registry.services.undoing import edit_undo_bar, undo_edit

__all__ = [
    "ImportFile",
    "RowFile",
    "Workbook",
    "apply_budgets",
    "budgets_undo_bar",
    "compare_file",
    "draft_of",
    "edit_undo_bar",
    "import_budgets",
    "import_registry",
    "keep_mapping",
    "list_held",
    "list_mappings",
    "load_current",
    "mapping_for",
    "move_all",
    "preview_import",
    "reverse_file",
    "save_file",
    "try_cells",
    "undo_bar",
    "undo_budgets",
    "undo_edit",
    "undo_import",
    "wanted_columns",
    "with_faults",
]
