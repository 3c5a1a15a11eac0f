"""Ways out of limits that can't hold together, as a stored answer writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.values.canonical import canonical_json, digest

Entry = Mapping[str, Any]

_BONDS = ("needs:", "either:")
"""How rules begin that initiatives bring along by themselves."""


def ways_of(document: Entry) -> Sequence[Entry]:
    """Every way out, the repair first."""
    return [*([document["repair"]] if document["repair"] else ()), *document["ways_out"]]


def way_key(way: Entry) -> str:
    """What a button names a way out by: it says what is changed, not where it stood in a list."""
    return digest(canonical_json(way["changes"]))[:16]


def bound_initiatives(change: Entry) -> Sequence[str]:
    """The initiatives that state a dropped rule themselves; none where it is the scenario's."""
    rule = str(change.get("rule", ""))
    if change["type"] != "drop_rule" or not rule.startswith(_BONDS):
        return ()
    kind, one, other = rule.split(":", 2)
    return (one,) if kind == "needs" else (one, other)


def is_of_scenario(change: Entry) -> bool:
    """Whether a scenario can make the change by itself: its budgets, pins and rules."""
    if change["type"] == "drop_rule":
        return not bound_initiatives(change)
    return bool(change["type"] == "add_budget")
