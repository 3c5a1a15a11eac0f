"""Pages of scenarios and runs."""

from __future__ import annotations

from app.portfolio.routes import (
    bindings,
    comparing,
    inquiries,
    limits,
    repairing,
    runs,
    scenarios,
    trying,
    workbench,
)
from app.portfolio.routes.blueprint import bp

__all__ = [
    "bindings",
    "bp",
    "comparing",
    "inquiries",
    "limits",
    "repairing",
    "runs",
    "scenarios",
    "trying",
    "workbench",
]
