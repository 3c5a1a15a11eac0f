"""Initiatives as files: the registry, and a business case that a spreadsheet works out again."""

from __future__ import annotations

from app.initiatives.exports.case import case_workbook
from app.initiatives.exports.registry import HEAD, RegistryChunk, inert, registry_csv

__all__ = ["HEAD", "RegistryChunk", "case_workbook", "inert", "registry_csv"]
