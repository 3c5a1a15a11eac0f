"""Rules of a scenario as sentences."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.portfolio.rules.demand_kinds import DemandKind, Parameters
from app.values.money import Money


def demand_sentence(kind: DemandKind, parameters: Parameters, currency: str) -> str:
    """The rule as people say it: “At most 50 % of the budget on lens = technology”.

    A soft one goes on: “; may be broken for EUR 25,000.00 per initiative too many”.
    """
    said = _sentence(kind, parameters, currency)
    return f"{said}; {price_words(kind, parameters, currency)}" if "price" in parameters else said


def price_words(kind: DemandKind, parameters: Parameters, currency: str) -> str:
    """What breaking a soft rule costs."""
    if kind.misses_money:
        share = percent_text(Decimal(parameters["price"]))
        return f"may be broken for {share} of the money missed"
    return f"may be broken for {Money(parameters['price'], currency)} per {kind.unit}"


def _sentence(kind: DemandKind, parameters: Parameters, currency: str) -> str:
    match kind:
        case DemandKind.REQUIRES:
            return _requires_sentence(parameters)
        case DemandKind.TOGETHER:
            return f"All or none of {listed(parameters['initiatives'])}"
        case DemandKind.AT_MOST | DemandKind.AT_LEAST:
            return _count_sentence(kind, parameters)
        case DemandKind.SHARE:
            return _share_sentence(parameters)
        case DemandKind.SPEND_ON:
            side, bound = _side(parameters)
            limit = Money(parameters[side], currency)
            return f"{bound} {limit} spent on {_group(parameters)}"
        case DemandKind.AVERAGE_RISK:
            most = f"{Decimal(parameters['at_most']).normalize():f}"
            whom = f"funded with {_group(parameters)}" if "tag" in parameters else "funded"
            return f"Risk of at most {most} on the average of what is {whom}"
        case DemandKind.CHANGE_LOAD:
            return _load_sentence(parameters)
        case DemandKind.KEEP:
            what = "Keep funding" if parameters.get("may_move") else "Keep as it is"
            return f"{what} what run {parameters['run']} chose"
        case DemandKind.SYNERGY:
            worth = Money(parameters["value"], currency)
            return f"{worth} more when {listed(parameters['initiatives'])} are all funded"


def listed(keys: Sequence[str], last: str = "and") -> str:
    """Keys in a sentence: “A, B and C”."""
    if len(keys) < 2:
        return "".join(keys)
    return f"{', '.join(keys[:-1])} {last} {keys[-1]}"


def percent_text(share: Decimal) -> str:
    """A share as a percentage in a sentence: “12.5 %”."""
    return f"{(share * 100).normalize():f}\u202f%"


def _group(parameters: Parameters) -> str:
    if "tag" in parameters:
        return f"{parameters['tag']} = {parameters['equals']}"
    return listed(parameters["initiatives"])


def _side(parameters: Parameters) -> tuple[str, str]:
    return ("at_most", "At most") if "at_most" in parameters else ("at_least", "At least")


def _requires_sentence(parameters: Parameters) -> str:
    lag = parameters.get("lag", 0)
    pair = f"{parameters['initiative']} needs {parameters['needs']}"
    if not lag:
        return f"{pair}, started in the same quarter or before"
    return f"{pair}, started at least {lag} {'quarter' if lag == 1 else 'quarters'} before it"


def _count_sentence(kind: DemandKind, parameters: Parameters) -> str:
    bound = "At most" if kind is DemandKind.AT_MOST else "At least"
    count = parameters["count"]
    if "tag" in parameters:
        noun = "initiative" if count == 1 else "initiatives"
        return f"{bound} {count} {noun} with {_group(parameters)}"
    return f"{bound} {count} of {listed(parameters['initiatives'])}"


def _share_sentence(parameters: Parameters) -> str:
    side, bound = _side(parameters)
    share = percent_text(Decimal(parameters[side]))
    base = "budget" if parameters["of"] == "budget" else "spend"
    return f"{bound} {share} of the {base} on {_group(parameters)}"


def _load_sentence(parameters: Parameters) -> str:
    count = parameters["count"]
    whom = "initiative" if count == 1 else "initiatives"
    if "initiatives" in parameters:
        whom = f"of {listed(parameters['initiatives'])}"
    elif "tag" in parameters:
        whom += f" with {_group(parameters)}"
    if "capacity" in parameters:
        whom += f" that need team {parameters['capacity']}"
    return f"At most {count} {whom} live at a time"
