"""The published problems of OR-Library's mknap1 as problem files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data" / "orlib_mknap1.txt"


@dataclass(frozen=True)
class Published:
    """A problem file and its published optimum, both in hundredths."""

    document: dict[str, Any]
    optimum: int


def published_problems() -> Iterator[Published]:
    """The seven problems: items are initiatives, each row of weights is a fund of one quarter."""
    numbers = iter(DATA.read_text().split())
    for _ in range(int(next(numbers))):
        items, rows = int(next(numbers)), int(next(numbers))
        optimum = _minor(next(numbers))
        profits = [_minor(next(numbers)) for _ in range(items)]
        weights = [[_minor(next(numbers)) for _ in range(items)] for _ in range(rows)]
        capacities = [_minor(next(numbers)) for _ in range(rows)]
        yield Published(
            {
                "format": "waymark/problem", "version": 1, "currency": "USD",
                "quarters": ["2027-Q1"],
                "funds": [
                    {"key": f"row{r}", "budget": [capacities[r]]} for r in range(rows)
                ],
                "initiatives": [
                    {
                        "key": f"item{i:02d}",
                        "options": [
                            {
                                "key": "take", "value": profits[i],
                                "spend": {f"row{r}": [weights[r][i]] for r in range(rows)},
                            }
                        ],
                    }
                    for i in range(items)
                ],
            },
            optimum,
        )  # fmt: skip


def _minor(text: str) -> int:
    return int(Decimal(text) * 100)
