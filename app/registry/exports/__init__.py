"""The registry as a workbook that can be edited and brought back."""

from app.registry.exports.workbook import registry_workbook

__all__ = ["registry_workbook"]
