"""Whether the company is covered: its units, its journeys, and how fresh the figures are."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from app.journeys.rules import StaleBaseline
from app.reviews.rules.findings.facts import JourneyFacts, PortfolioFacts
from app.reviews.rules.findings.result import (
    Count,
    Finding,
    Item,
    Place,
    PlaceKind,
    in_order,
    largest_share,
    portions_of,
    severity_of,
)
from app.reviews.rules.findings.words import HIGH_VALUE, FindingKind, Severity
from app.values.written import day_words

_MOST_NAMED = 3


def units_without_investment(facts: PortfolioFacts) -> Finding:
    """Find listed organisation units on which no money is planned (model N3).

    Figure: units whose judged initiatives have no planned cost ÷ all units of the list.
    """
    kind = FindingKind.UNITS
    carried: dict[str, int] = defaultdict(int)
    invested = set()
    for one in facts.judged:
        carried[one.unit] += 1
        if one.cost:
            invested.add(one.unit)
    without = [(id_, name) for id_, name in facts.units if name not in invested]
    count = Count(len(without), len(facts.units), "unit", "units")
    if not facts.units:
        said = "No organisation unit is listed, so one that is left out cannot be seen."
        return Finding(kind, Severity.UNKNOWN, count, said)
    said = "Money is planned in every unit of the list."
    if without:
        verb = "has" if len(without) == 1 else "have"
        said = f"{count.words} {verb} no planned cost in the portfolio."
    said += _not_listed(set(carried) - {name for _, name in facts.units})
    items = tuple(
        Item(Place(PlaceKind.UNIT, name, id_), name, _carries(carried[name]))
        for id_, name in without
    )
    return Finding(kind, severity_of(count.share), count, said, items=items)


def _carries(initiatives: int) -> str:
    if not initiatives:
        return "no initiative in the portfolio"
    return f"{initiatives} {'initiative' if initiatives == 1 else 'initiatives'}, no planned cost"


def _not_listed(names: set[str]) -> str:
    if not names:
        return ""
    first = sorted(names)[:_MOST_NAMED]
    more = f" and {len(names) - len(first)} more" if len(names) > len(first) else ""
    return f" Initiatives name units that are not on the list: {', '.join(first)}{more}."


def journeys_without_initiatives(facts: PortfolioFacts) -> Finding:
    """Find journeys of high value that nobody in the portfolio works on (model N4).

    High value: the first of the ranking by certified value that make up 80 % of it, by currency.
    Figure: value at stake of those without initiatives ÷ value at stake of all.
    """
    kind = FindingKind.JOURNEYS
    high = _of_high_value(facts.journeys)
    acted_on = facts.acted_on()
    without = [one for one in high if one.id not in acted_on]
    count = Count(len(without), len(high), "journey of high value", "journeys of high value")
    portions = portions_of(
        (one.stake.certified for one in without), (one.stake.certified for one in facts.journeys)
    )
    if not portions:
        said = "No pool of a journey in use is certified, so nobody knows what is at stake."
        return Finding(kind, Severity.UNKNOWN, count, said)
    said = "On every journey of high value an initiative in the portfolio is at work."
    if without:
        verb = "has" if len(without) == 1 else "have"
        said = f"{count.words} {verb} no initiative in the portfolio."
    items = in_order(
        Item(one.place, one.name, _addressed(one), one.stake.certified) for one in without
    )
    share = largest_share(portions)
    return Finding(kind, severity_of(share), count, said, portions, items)


def _of_high_value(journeys: tuple[JourneyFacts, ...]) -> list[JourneyFacts]:
    ranked = sorted(journeys, key=lambda one: (-one.stake.certified.minor, one.name))
    totals: dict[str, int] = defaultdict(int)
    for one in ranked:
        totals[one.stake.certified.currency] += one.stake.certified.minor
    found: list[JourneyFacts] = []
    before = dict.fromkeys(totals, 0)
    for one in ranked:
        worth = one.stake.certified
        if worth and Decimal(before[worth.currency]) < HIGH_VALUE * totals[worth.currency]:
            found.append(one)
        before[worth.currency] += worth.minor
    return found


def _addressed(journey: JourneyFacts) -> str:
    share = Decimal(journey.stake.addressed.minor) / journey.stake.certified.minor
    return f"{(share * 100):.0f}\u202f% of its value addressed by live initiatives"


def stale_baselines(facts: PortfolioFacts) -> Finding:
    """Find journeys in use that were measured too long ago, or never (model N6).

    Figure: stale ÷ all journeys in use.
    """
    kind = FindingKind.BASELINES
    count = Count(len(facts.stale), len(facts.journeys), "journey in use", "journeys in use")
    if not facts.journeys:
        return Finding(kind, Severity.UNKNOWN, count, "No journey is in use yet.")
    if not facts.stale:
        said = "Every journey in use has a baseline within the age limit."
        return Finding(kind, Severity.HOLDS, count, said)
    by_key = {one.key: one for one in facts.journeys}
    worked_on = facts.acted_on()
    acted_on = {one.key for one in facts.journeys if one.id in worked_on}
    matters = [one for one in facts.stale if one.key in acted_on]
    verb = "has" if len(facts.stale) == 1 else "have"
    said = f"{count.words} {verb} no fresh baseline."
    if matters:
        said += f" Initiatives in the portfolio stand on {len(matters)} of them."
    items = tuple(
        _stale_item(one, by_key[one.key])
        for one in sorted(facts.stale, key=lambda one: one.key not in acted_on)
        if one.key in by_key
    )
    severity = Severity.ACT if matters else Severity.WATCH
    return Finding(kind, severity, count, said, items=items)


def _stale_item(one: StaleBaseline, journey: JourneyFacts) -> Item:
    """A stale journey; without a certified pool nobody knows what is at stake, which is not 0."""
    worth = journey.stake.certified or None
    unknown = "not measured" if one.measured_on is None else "nothing certified"
    return Item(journey.place, one.name, _age(one), worth, "" if worth else unknown)


def _age(one: StaleBaseline) -> str:
    if one.measured_on is None:
        return "never measured"
    return (
        f"measured on {day_words(one.measured_on)}, {one.age_days:,} days ago;"
        f" {one.limit_days:,} days are the limit"
    )
