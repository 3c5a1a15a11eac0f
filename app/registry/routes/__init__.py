"""Pages that bring files in: whole registries, and the registry's own workbook."""

from app.registry.routes import actuals, budgets, importing, kinds, milestones, workbook
from app.registry.routes.blueprint import bp

__all__ = ["actuals", "bp", "budgets", "importing", "kinds", "milestones", "workbook"]
