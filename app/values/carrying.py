"""Money that moves on: what a row of budgets leaves quarter by quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal


@dataclass(frozen=True, slots=True)
class Carried:
    """One quarter: what ``arrived``, what is ``left`` of all, of which ``moved`` goes on."""

    arrived: int
    left: int
    moved: int


def carried(budget: Sequence[int], taken: Sequence[int], share: Decimal) -> list[Carried]:
    """How the money flows from quarter to quarter.

    Of a quarter's money (its budget and what arrived) at most ``share``, rounded down, moves on,
    and never more than is left; from the last quarter nothing does. A negative ``left`` is a
    breach.
    """
    found = []
    arrived = 0
    for quarter, (given, gone) in enumerate(zip(budget, taken, strict=True), start=1):
        left = given + arrived - gone
        most = int((share * (given + arrived)).to_integral_value(ROUND_FLOOR))
        moved = max(0, min(left, most)) if quarter < len(budget) else 0
        found.append(Carried(arrived, left, moved))
        arrived = moved
    return found


def lacking(budget: Sequence[int], taken: Sequence[int], share: Decimal) -> list[int]:
    """How much each quarter misses of what is taken; 0 where the money is enough."""
    return [max(0, -quarter.left) for quarter in carried(budget, taken, share)]
