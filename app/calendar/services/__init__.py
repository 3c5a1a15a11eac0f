"""Change cycles, their funds and budgets, and the teams with their capacities."""

from __future__ import annotations

from app.calendar.queries import BUDGET_FLOORS, CURRENCY_TIES, OPENING_GUARDS, OpeningTerms
from app.calendar.services.cycles import (
    barred_moves,
    close_cycle,
    create_cycle,
    draft_of,
    edit_cycle,
    open_cycle,
)
from app.calendar.services.funds import add_fund, remove_fund, set_budgets
from app.calendar.services.teams import add_team, edit_team, set_capacities

__all__ = [
    "BUDGET_FLOORS",
    "CURRENCY_TIES",
    "OPENING_GUARDS",
    "OpeningTerms",
    "add_fund",
    "add_team",
    "barred_moves",
    "close_cycle",
    "create_cycle",
    "draft_of",
    "edit_cycle",
    "edit_team",
    "open_cycle",
    "remove_fund",
    "set_budgets",
    "set_capacities",
]
