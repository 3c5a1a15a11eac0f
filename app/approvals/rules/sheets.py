"""A workbook as tables of typed cells, whatever program writes it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.values.money import Money

Cell = str | int | Decimal | date | Money | None
"""Words, a count, a number, a day, an amount, or nothing."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table with a heading above it.

    ``sums`` are the columns that add up: below each stands its total as a formula. ``widths`` are
    those of the columns in characters.
    """

    name: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()
    sums: frozenset[int] = frozenset()
    widths: Sequence[int] = ()

    def total(self, column: int) -> Money | int:
        """What a column that adds up comes to."""
        cells = [row[column] for row in self.rows]
        amounts = [one for one in cells if isinstance(one, Money)]
        if amounts:
            return Money(sum(one.minor for one in amounts), amounts[0].currency)
        return sum(one for one in cells if isinstance(one, int))
