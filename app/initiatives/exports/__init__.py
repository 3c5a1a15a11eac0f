"""Files of the initiative's pages."""

from __future__ import annotations

from app.initiatives.exports.case import case_workbook
from app.initiatives.exports.registry import (
    RegistryChunk,
    inert,
    registry_csv,
    registry_workbook,
)

__all__ = ["RegistryChunk", "case_workbook", "inert", "registry_csv", "registry_workbook"]
