"""What each made-up initiative is: everything follows from its number, so ids are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.initiatives.rules import InitiativeState
from app.values.quarter import Quarter, months_later

SPEND_MINOR = (40_000_00, 35_000_00, 25_000_00, 12_000_00)
"""What the full option takes from the first fund, quarter by quarter."""
RUNNING_MINOR = 8_000_00
"""What it takes from the second fund in the last of them."""
SHARES = (Decimal("0.3"), Decimal("0.3"), Decimal("0.4"))
CHUNK = 2_000

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Plan:
    """One initiative by number: its state, the quarter it starts in and what it costs."""

    number: int
    state: InitiativeState
    start: Quarter

    @property
    def key(self) -> str:
        return f"CX-{100 + self.number}"

    @property
    def options(self) -> tuple[int, int]:
        """Ids of the lean and the full option."""
        return 2 * self.number - 1, 2 * self.number

    @property
    def milestones(self) -> tuple[int, int, int]:
        """Ids of the milestones; the tranches of an initiative under way have the same."""
        return 3 * self.number - 2, 3 * self.number - 1, 3 * self.number

    def one_of(self, things: Sequence[Thing]) -> Thing:
        """Its share of what is dealt out in turn."""
        return things[self.number % len(things)]

    def criteria(self, milestone: int) -> tuple[int, int]:
        """Ids of a milestone's criteria."""
        return 2 * milestone - 1, 2 * milestone

    def due_on(self, place: int) -> date:
        """When milestone ``place`` (0 to 2) is due."""
        day = months_later(self.start.first_day, 3 * place + 2)
        return day + timedelta(days=self.number * 7 % 60)

    def spend(self, share: Decimal = Decimal(1)) -> list[tuple[int, int, int]]:
        """Fund (0 or 1), quarter from the start, minor units."""
        size = 60 + self.number * 37 % 81
        cells = [(0, index, amount) for index, amount in enumerate(SPEND_MINOR)]
        cells.append((1, len(SPEND_MINOR) - 1, RUNNING_MINOR))
        return [(fund, index, int(amount * size * share) // 100) for fund, index, amount in cells]

    @property
    def cost_minor(self) -> int:
        return sum(amount for _, _, amount in self.spend())


def add_all(session: Session, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows of one model."""
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(model), rows[start : start + CHUNK])
