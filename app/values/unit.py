"""Units behind their numbers."""

from __future__ import annotations

from decimal import Decimal


def unit_for(value: Decimal | int | None, unit: str) -> str:
    """The unit as it follows ``value``: 1 call, 2 calls; short ones such as ms never change."""
    is_one = value is not None and abs(value) == 1
    if not is_one or len(unit) < 4 or not unit.endswith("s") or unit.endswith("ss"):
        return unit
    if " " in unit or not unit.isalpha():
        return unit
    return unit[:-1]
