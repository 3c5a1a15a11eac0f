"""Bringing registries in, taking them back and moving them on."""

from app.registry.services.importing import (
    ImportFile,
    import_registry,
    preview_import,
    undo_import,
)
from app.registry.services.moving import move_all

__all__ = ["ImportFile", "import_registry", "move_all", "preview_import", "undo_import"]
