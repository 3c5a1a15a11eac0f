"""A plan that freed money buys, held against what could be bought without that money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.values.quarter import Quarter

Withheld = Mapping[tuple[str, Quarter], int]
"""Minor units by fund key and quarter."""


def without_money(problem: Mapping[str, Any], withheld: Withheld) -> dict[str, Any]:
    """The problem of a run in which the money of these funds and quarters were still bound."""
    quarters = [Quarter.parse(one) for one in problem["quarters"]]
    return {
        **problem,
        "funds": [
            fund
            | {
                "committed": [
                    held + withheld.get((fund["key"], quarter), 0)
                    for quarter, held in zip(quarters, _committed(fund), strict=True)
                ]
            }
            for fund in problem["funds"]
        ],
    }


def _committed(fund: Mapping[str, Any]) -> list[int]:
    return list(fund.get("committed") or [0] * len(fund["budget"]))


@dataclass(frozen=True, slots=True)
class Anyway:
    """What the same budgets buy without the freed money, minor units; ``bound`` is the most any
    plan could be worth, so more than ``value`` where the work ended before its proof."""

    value: int
    bound: int
    spend: int

    def added_to(self, value: int) -> int:
        """What the freed money adds to a plan worth ``value``; less than nothing it can't add."""
        return max(0, value - self.value)
