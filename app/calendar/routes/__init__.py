"""Pages of the cycles, their budgets and the teams."""

from app.calendar.routes import budgets, capacities, cycles
from app.calendar.routes.blueprint import bp

__all__ = ["bp", "budgets", "capacities", "cycles"]
