"""Ways out of a contradiction: what each changes, its price, and where it can be applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.portfolio.presenters.names import Names
from app.portfolio.rules.demands import listed
from app.portfolio.rules.ways import bound_initiatives, is_of_scenario, way_key, ways_of
from app.values.money import Money
from app.web.filters import counted, money, number, quarter

Entry = Mapping[str, Any]

MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A change that no scenario can make: what to do, and where. ``initiative`` is None for the
    cycle's team days."""

    sentence: str
    initiative: str | None


@dataclass(frozen=True, slots=True)
class WayLine:
    """A way out; ``key`` names it to the server. ``elsewhere`` is empty where it can be applied
    to the scenario with a button."""

    key: str
    changes: Sequence[str]
    price: str
    funded: str
    elsewhere: Sequence[Elsewhere]

    @property
    def sentence(self) -> str:
        return listed(list(self.changes))


def way_lines(document: Entry, names: Names) -> list[WayLine]:
    """The ways out of a stored answer, the repair first."""
    currency = document["currency"]
    return [
        WayLine(
            key=way_key(way),
            changes=[change_words(change, names, currency) for change in way["changes"]],
            price=_price(way, currency),
            funded=some(way["funded"]),
            elsewhere=[one for change in way["changes"] for one in _elsewhere(change, names)],
        )
        for way in ways_of(document)
    ]


def some(keys: Sequence[str]) -> str:
    """Initiatives by key, the first few."""
    more = len(keys) - MOST_NAMED
    shown = list(keys[:MOST_NAMED]) + ([f"{more} more"] if more > 0 else [])
    return listed(shown) if shown else "–"


def change_words(change: Entry, names: Names, currency: str) -> str:
    """What a change does."""
    match change["type"]:
        case "add_budget":
            parts = [
                f"{money(Money(a['amount'], currency))} for {names.fund(a['fund'])} in "
                f"{quarter(a['quarter'])}"
                for a in change["amounts"]
            ]
            return f"More budget: {listed(parts)}"
        case "add_capacity":
            return f"More work: {listed(_days(change, names))}"
        case "drop_rule":
            return f"Without “{names.rule(change['rule'])}”"
    return str(change["type"])


def _days(change: Entry, names: Names) -> list[str]:
    return [
        f"{a['amount']} for {names.team(a['capacity'])} in {quarter(a['quarter'])}"
        for a in change["amounts"]
    ]


def _price(way: Entry, currency: str) -> str:
    """All that the way takes, each in its own unit."""
    parts = []
    if way["money"]:
        parts.append(f"{money(Money(way['money'], currency))} more")
    days = Decimal(str(way["work"]))
    if days:
        parts.append(f"{number(days)} person-days more")
    if way["rules"]:
        parts.append(f"{counted(len(way['rules']), 'rule')} given up")
    return listed(parts)


def _elsewhere(change: Entry, names: Names) -> list[Elsewhere]:
    if is_of_scenario(change):
        return []
    if change["type"] == "add_capacity":
        words = f"Team days belong to the cycle. Add them there: {listed(_days(change, names))}."
        return [Elsewhere(words, None)]
    rule = names.rule(str(change.get("rule", "")))
    keys = bound_initiatives(change)
    where = f"on {keys[0]}" if len(keys) == 1 else f"on {listed(keys, 'or')}"
    words = f"“{rule}” is stated by the initiatives themselves. Take it off {where}."
    return [Elsewhere(words, key) for key in keys[:1]]
