"""Which teams a plan asks for more days than they have, and what it asked of them before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.values.quarter import Quarter

Cell = tuple[int, Quarter]
"""A team and a quarter."""

Days = Mapping[Cell, Decimal]


@dataclass(frozen=True, slots=True)
class Overload:
    """A team's quarter over 100 %: person-days asked before and after, and those there are."""

    team: str
    quarter: Quarter
    before: Decimal
    after: Decimal
    available: Decimal

    @property
    def document(self) -> dict[str, str]:
        """As it is kept, days as plain figures."""
        return {
            "team": self.team,
            "quarter": str(self.quarter),
            "before": _figure(self.before),
            "after": _figure(self.after),
            "available": _figure(self.available),
        }


def overloads(
    before: Days, after: Days, available: Days, names: Mapping[int, str]
) -> list[Overload]:
    """Every quarter over 100 % of the teams whose days move, by team and quarter.

    A quarter that was over before and stays so counts: whoever saves the plan leaves it there.
    """
    none = Decimal(0)
    moved = {
        cell[0] for cell in {*before, *after} if before.get(cell, none) != after.get(cell, none)
    }
    found = [
        Overload(names[cell[0]], cell[1], before.get(cell, none), asked, available.get(cell, none))
        for cell, asked in after.items()
        if cell[0] in moved and asked > available.get(cell, none)
    ]
    return sorted(found, key=lambda one: (one.team, one.quarter))


def overload_of(document: Mapping[str, str]) -> Overload:
    """What was kept, as it was."""
    return Overload(
        document["team"],
        Quarter.parse(document["quarter"]),
        *(Decimal(document[name]) for name in ("before", "after", "available")),
    )


def _figure(days: Decimal) -> str:
    return f"{days.normalize():f}"
