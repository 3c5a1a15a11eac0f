"""Bringing registries in, taking them back and moving them on."""

from app.registry.services.importing import (
    ImportFile,
    import_registry,
    preview_import,
    undo_bar,
    undo_import,
)
from app.registry.services.moving import list_held, move_all

__all__ = [
    "ImportFile",
    "import_registry",
    "list_held",
    "move_all",
    "preview_import",
    "undo_bar",
    "undo_import",
]
