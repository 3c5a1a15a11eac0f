"""Rules a person may add to a scenario: what can be wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from app.portfolio.rules.demand_kinds import DemandKind, Parameters
from app.portfolio.rules.demand_words import demand_sentence, listed, percent_text

__all__ = [
    "MOST_LAG_QUARTERS",
    "TAGS",
    "DemandKind",
    "Parameters",
    "demand_faults",
    "demand_sentence",
    "initiative_tags",
    "listed",
    "percent_text",
    "unknown_sentence",
]

MOST_LAG_QUARTERS = 40
TAGS = ("journey", "lens", "unit")
"""What initiatives are grouped by."""


def initiative_tags(journey: str | None, unit: str, lens: str) -> dict[str, str]:
    """The tags of an initiative; what is empty is no tag."""
    tags = {"journey": journey or "", "lens": lens, "unit": unit}
    return {tag: value for tag, value in tags.items() if value}


def demand_faults(
    kind: DemandKind, parameters: Parameters, candidates: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """What is wrong with a rule, one sentence by form field; ``candidates`` maps keys to tags."""
    return _kind_faults(kind, parameters, candidates) | _price_faults(kind, parameters)


def _price_faults(kind: DemandKind, parameters: Parameters) -> dict[str, str]:
    if "price" not in parameters:
        return {}
    if not kind.can_be_soft:
        return {"price": "This rule asks for nothing that could be missed; leave it empty."}
    if Decimal(parameters["price"]) <= 0:
        return {"price": "Enter a price above zero, or nothing: then the rule must hold."}
    return {}


def _kind_faults(
    kind: DemandKind, parameters: Parameters, candidates: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    match kind:
        case DemandKind.REQUIRES:
            return _requires_faults(parameters, candidates)
        case DemandKind.SHARE:
            return _tag_faults(parameters, candidates) | _share_faults(parameters)
        case DemandKind.AT_MOST | DemandKind.AT_LEAST:
            return _count_faults(kind, parameters, candidates)
        case DemandKind.SPEND_ON:
            return _group_faults(parameters, candidates) | _money_faults(parameters)
        case DemandKind.AVERAGE_RISK:
            faults = _group_faults(parameters, candidates)
            negative = Decimal(parameters["at_most"]) < 0
            return faults | ({"risk": "Enter a risk from 0."} if negative else {})
        case DemandKind.CHANGE_LOAD:
            faults = _group_faults(parameters, candidates)
            below = parameters["count"] < 0
            return faults | ({"count": "Enter a whole number from 0."} if below else {})
        case DemandKind.KEEP:
            return {} if parameters["held"] else {"run": "This run funds no candidate any more."}
    faults = _member_faults(parameters["initiatives"], candidates, fewest=2)
    if kind is DemandKind.SYNERGY and parameters["value"] <= 0:
        faults["value"] = "Enter the extra money it is worth, above zero."
    return faults


def _requires_faults(
    parameters: Parameters, candidates: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    faults = {
        field: unknown_sentence([parameters[field]])
        for field in ("initiative", "needs")
        if parameters[field] not in candidates
    }
    if not faults and parameters["initiative"] == parameters["needs"]:
        faults["needs"] = "An initiative can't need itself; name another one."
    if not 0 <= parameters.get("lag", 0) <= MOST_LAG_QUARTERS:
        faults["lag"] = f"Enter 0 to {MOST_LAG_QUARTERS} quarters."
    return faults


def _count_faults(
    kind: DemandKind, parameters: Parameters, candidates: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    if "tag" in parameters:
        faults = _tag_faults(parameters, candidates)
        size = len(_tagged(parameters, candidates))
    else:
        faults = _member_faults(parameters["initiatives"], candidates, fewest=1)
        size = len(parameters["initiatives"])
    count = parameters["count"]
    if count < 0:
        faults["count"] = "Enter a whole number from 0."
    elif kind is DemandKind.AT_LEAST and count < 1:
        faults["count"] = "“At least 0” says nothing; enter 1 or more."
    elif kind is DemandKind.AT_LEAST and not faults and count > size:
        faults["count"] = f"Only {size} are named; enter at most {size}."
    return faults


def _group_faults(
    parameters: Parameters, candidates: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """Of rules about a group, about a list, or about everybody when they name neither."""
    if "tag" in parameters:
        return _tag_faults(parameters, candidates)
    if "initiatives" in parameters:
        return _member_faults(parameters["initiatives"], candidates, fewest=1)
    return {}


def _money_faults(parameters: Parameters) -> dict[str, str]:
    if parameters.get("at_most", parameters.get("at_least")) < 0:
        return {"limit": "Enter an amount from zero."}
    return {"limit": "“At least 0” says nothing."} if parameters.get("at_least") == 0 else {}


def _share_faults(parameters: Parameters) -> dict[str, str]:
    text = parameters.get("at_most", parameters.get("at_least"))
    try:
        share = Decimal(str(text))
    except InvalidOperation:
        return {"share": "Enter a percentage such as 50 %."}
    if not 0 <= share <= 1:
        return {"share": "Enter a percentage from 0 % to 100 %."}
    return {}


def _member_faults(
    keys: Sequence[str], candidates: Mapping[str, Mapping[str, str]], *, fewest: int
) -> dict[str, str]:
    unknown = [key for key in keys if key not in candidates]
    if unknown:
        return {"initiatives": unknown_sentence(unknown)}
    if len(set(keys)) < fewest:
        return {"initiatives": f"Name at least {fewest} different initiatives."}
    return {}


def unknown_sentence(keys: Sequence[str]) -> str:
    """What to say about initiatives that can't be chosen from."""
    names = listed([f"“{key}”" for key in keys[:5]])
    is_are = "is no candidate" if len(keys) == 1 else "are no candidates"
    return f"{names} {is_are} of this cycle; use the keys of its candidates."


def _tag_faults(
    parameters: Parameters, candidates: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    if parameters["tag"] not in TAGS:
        return {"tag": f"Choose one of {listed(TAGS, 'or')}."}
    if not _tagged(parameters, candidates):
        return {"tag": f"No candidate has {parameters['tag']} = {parameters['equals']}."}
    return {}


def _tagged(parameters: Parameters, candidates: Mapping[str, Mapping[str, str]]) -> list[str]:
    wanted = parameters["equals"]
    return [key for key, tags in candidates.items() if tags.get(parameters["tag"]) == wanted]
