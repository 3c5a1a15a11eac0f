"""Rules a person may add to a scenario: their kinds, their faults, their sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from app.values.money import Money

MOST_LAG_QUARTERS = 40
TAGS = ("journey", "lens", "unit")
"""What initiatives are grouped by."""

Parameters = Mapping[str, Any]
"""A rule's parameters as the problem file writes them, without key and type; shares as text."""


def initiative_tags(journey: str | None, unit: str, lens: str) -> dict[str, str]:
    """The tags of an initiative; what is empty is no tag."""
    tags = {"journey": journey or "", "lens": lens, "unit": unit}
    return {tag: value for tag, value in tags.items() if value}


class DemandKind(Enum):
    """Types of rules, named as in the problem file."""

    REQUIRES = "requires"
    TOGETHER = "together"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    SHARE = "share"
    SYNERGY = "synergy"

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = {
    DemandKind.REQUIRES: "One needs another",
    DemandKind.TOGETHER: "All or none",
    DemandKind.AT_MOST: "At most so many",
    DemandKind.AT_LEAST: "At least so many",
    DemandKind.SHARE: "Share of the money",
    DemandKind.SYNERGY: "Worth more together",
}


def demand_sentence(kind: DemandKind, parameters: Parameters, currency: str) -> str:
    """The rule as people say it: “At most 50 % of the budget on lens = technology”."""
    match kind:
        case DemandKind.REQUIRES:
            return _requires_sentence(parameters)
        case DemandKind.TOGETHER:
            return f"All or none of {listed(parameters['initiatives'])}"
        case DemandKind.AT_MOST | DemandKind.AT_LEAST:
            return _count_sentence(kind, parameters)
        case DemandKind.SHARE:
            return _share_sentence(parameters)
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
        return f"{bound} {count} {noun} with {parameters['tag']} = {parameters['equals']}"
    return f"{bound} {count} of {listed(parameters['initiatives'])}"


def _share_sentence(parameters: Parameters) -> str:
    side = "at_most" if "at_most" in parameters else "at_least"
    bound = "At most" if side == "at_most" else "At least"
    share = percent_text(Decimal(parameters[side]))
    base = "budget" if parameters["of"] == "budget" else "spend"
    return f"{bound} {share} of the {base} on {parameters['tag']} = {parameters['equals']}"


def demand_faults(
    kind: DemandKind, parameters: Parameters, candidates: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """What is wrong with a rule, one sentence by form field; ``candidates`` maps keys to tags."""
    match kind:
        case DemandKind.REQUIRES:
            return _requires_faults(parameters, candidates)
        case DemandKind.SHARE:
            return _tag_faults(parameters, candidates) | _share_faults(parameters)
        case DemandKind.AT_MOST | DemandKind.AT_LEAST:
            return _count_faults(kind, parameters, candidates)
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
    return f"{names} {is_are} of this cycle; use keys of candidates such as CX-104."


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
