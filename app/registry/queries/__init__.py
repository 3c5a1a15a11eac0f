"""Read imports that were made, and the registry as its workbook shows it."""

from app.registry.queries.batches import (
    count_by_state,
    count_measurements,
    find_batch,
    find_cycle_fund,
    get_batch,
    list_batches,
    list_in_states,
    list_known_keys,
    list_touched_keys,
)
from app.registry.queries.edits import get_edit, list_edits
from app.registry.queries.names import load_names
from app.registry.queries.payments import get_payments_file, list_payments
from app.registry.queries.sheets import load_initiatives, load_sheets

__all__ = [
    "count_by_state",
    "count_measurements",
    "find_batch",
    "find_cycle_fund",
    "get_batch",
    "get_edit",
    "get_payments_file",
    "list_batches",
    "list_edits",
    "list_in_states",
    "list_known_keys",
    "list_payments",
    "list_touched_keys",
    "load_initiatives",
    "load_names",
    "load_sheets",
]
