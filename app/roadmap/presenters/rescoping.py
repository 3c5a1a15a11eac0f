"""The smaller options an initiative can go on with."""

from __future__ import annotations

from collections.abc import Sequence

from app.roadmap.presenters.words import condition, verdict
from app.roadmap.queries.rescoping import SmallerOption
from app.roadmap.rules import Reading
from app.values.money import Money
from app.web.filters import money


def smaller_words(options: Sequence[SmallerOption]) -> list[tuple[int, str]]:
    """Id and name of each, to choose from."""
    return [(one.id, one.name) for one in options]


def less_words(options: Sequence[SmallerOption], now: str) -> str | None:
    """That thresholds agreed for the option as it is now stay, where less will be promised."""
    less = [one.name for one in options if one.promises_less]
    if not less:
        return None
    which = less[0] if len(less) == 1 else f"{', '.join(less[:-1])} and {less[-1]}"
    return (
        f"{which} {'promises' if len(less) == 1 else 'promise'} less than {now}. The thresholds "
        f"below were agreed for {now} and stay as they are; the program manager or the owner can "
        "ask for an amendment, and Finance agrees or declines."
    )


def criteria_rows(readings: Sequence[Reading]) -> list[tuple[str, str, str]]:
    """Criterion, what is agreed now, and how it stands."""
    return [(one.criterion.metric, condition(one.criterion), verdict(one)[1]) for one in readings]


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
