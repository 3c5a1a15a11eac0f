"""The columns the registry can show, in the order they stand in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegistryColumn:
    """One column.

    ``is_fixed``: it is always shown. ``is_usual``: it is shown while nobody chose. ``falls_first``:
    choosing it to sort by begins with the most.
    """

    name: str
    label: str
    is_numeric: bool = False
    is_fixed: bool = False
    is_usual: bool = False
    is_money: bool = False
    sorts: bool = True
    falls_first: bool = False


REGISTRY_COLUMNS = (
    RegistryColumn("key", "Key", is_fixed=True, is_usual=True),
    RegistryColumn("title", "Initiative", is_fixed=True, is_usual=True),
    RegistryColumn("journey", "Journey", is_usual=True),
    RegistryColumn("unit", "Organisation unit"),
    RegistryColumn("lens", "Mainly changes"),
    RegistryColumn("owner", "Owner", is_usual=True),
    RegistryColumn("sponsor", "Sponsor"),
    RegistryColumn("cycle", "Cycle"),
    RegistryColumn("start", "Planned start"),
    RegistryColumn("state", "State", is_usual=True),
    RegistryColumn(
        "cost", "Cost", is_numeric=True, is_usual=True, is_money=True, falls_first=True
    ),
    RegistryColumn(
        "value", "Standalone value", is_numeric=True, is_usual=True, is_money=True,
        falls_first=True,
    ),
    RegistryColumn("next", "Next step", is_usual=True, sorts=False),
    RegistryColumn("changed", "Last change", falls_first=True),
)  # fmt: skip
USUAL = tuple(column for column in REGISTRY_COLUMNS if column.is_usual)
FIELDS = {
    "title": "title", "journey": "journey_id", "unit": "unit", "lens": "lens", "owner": "owner_id",
    "sponsor": "sponsor_id", "cycle": "cycle_id", "start": "planned_start",
}  # fmt: skip
"""Columns that show a simple field of an initiative, with its name in a draft."""
_BETWEEN = "."


def chosen_columns(texts: Iterable[str]) -> tuple[RegistryColumn, ...]:
    """The columns named in what an address says, in their order; the usual ones for nothing.

    Each text is a name, or several joined by dots. Names that are none count as not said.
    """
    said = {name for text in texts for name in text.split(_BETWEEN)}
    known = said & {column.name for column in REGISTRY_COLUMNS}
    if not known:
        return USUAL
    return tuple(column for column in REGISTRY_COLUMNS if column.is_fixed or column.name in known)


def columns_text(columns: Iterable[RegistryColumn]) -> str:
    """The columns as one text of an address; empty for the usual ones."""
    chosen = tuple(columns)
    if chosen == USUAL:
        return ""
    return _BETWEEN.join(one.name for one in chosen if not one.is_fixed) or chosen[0].name


def hides_order(order: str) -> bool:
    """Whether an order such as “-cost” would tell amounts to somebody who may not see any."""
    name = order.removeprefix("-")
    return any(column.name == name and column.is_money for column in REGISTRY_COLUMNS)
