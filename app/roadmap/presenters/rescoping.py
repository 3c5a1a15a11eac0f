"""The smaller options an initiative can go on with."""

from __future__ import annotations

from collections.abc import Sequence

from app.roadmap.queries.rescoping import SmallerOption
from app.values.money import Money
from app.web.filters import money


def smaller_words(options: Sequence[SmallerOption]) -> list[tuple[int, str]]:
    """Id and name of each, to choose from."""
    return [(one.id, one.name) for one in options]


def smaller_rows(options: Sequence[SmallerOption], held: Money) -> list[tuple[str, str, str, str]]:
    """Name, whole cost, what it still needs and what it frees."""
    return [
        (
            one.name,
            money(Money(one.total_minor, held.currency)),
            money(Money(one.needs_minor, held.currency)),
            money(held - Money(one.needs_minor, held.currency)),
        )
        for one in options
    ]
