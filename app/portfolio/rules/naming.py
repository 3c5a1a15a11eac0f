"""Pins and rules that name what can't be chosen: the harmless fall away, the others are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.errors import InvalidError
from app.portfolio.rules.demands import DemandKind, demand_sentence, listed
from app.portfolio.rules.eligibility import eligible, over_words
from app.portfolio.rules.facts import DemandFacts, PinFacts, ProblemFacts, Remark
from app.portfolio.rules.pins import PinKind, over_sentence, pin_sentence

_REMOVE = "Bring it back as a candidate, or remove this from the scenario."


def settle_names(facts: ProblemFacts) -> tuple[ProblemFacts, list[Remark]]:
    """The facts with pins and rules about candidates only, and what fell away.

    Raises InvalidError for a pin or rule that promises something about an initiative that can't
    be chosen any more.
    """
    known = {candidate.key for candidate in eligible(facts)[0]}
    over = {one.key: words for one in facts.candidates if (words := over_words(one, facts))}
    pins, demands = [], []
    remarks: list[Remark] = []
    faults: dict[str, str] = {}
    for pin in facts.pins:
        if pin.initiative in known:
            pins.append(pin)
            if words := start_over(pin, facts):
                faults[pin.initiative] = words
        elif pin.kind is PinKind.EXCLUDE:
            text = "Is pinned out, and can't be chosen in this cycle anyway."
            remarks.append(Remark(pin.initiative, text))
        else:
            faults[pin.initiative] = _pin_fault(pin, over.get(pin.initiative, ""))
    for demand in facts.demands:
        settled = _settled(demand, known, facts, remarks, faults)
        if settled is not None:
            demands.append(settled)
    if faults:
        raise InvalidError("Some pins or rules name what can't be chosen.", fields=faults)
    return replace(facts, pins=tuple(pins), demands=tuple(demands)), remarks


def _pin_fault(pin: PinFacts, over: str) -> str:
    sentence = pin_sentence(pin.kind, pin.initiative, pin.option, None)
    if over:
        return f"“{sentence}”: {over}. Lift the pin, or let it start later."
    return f"“{sentence}”: {pin.initiative} can't be chosen in this cycle. {_REMOVE}"


def start_over(pin: PinFacts, facts: ProblemFacts) -> str:
    """Why the start a pin fixes is not possible any more; empty where it is."""
    if pin.start is None or pin.start >= facts.present:
        return ""
    start = facts.quarters.first + pin.start
    sentence = pin_sentence(pin.kind, pin.initiative, pin.option, start)
    return f"“{sentence}”: {over_sentence(start)} Lift the pin, or fix a later start."


def _settled(
    demand: DemandFacts,
    known: set[str],
    facts: ProblemFacts,
    remarks: list[Remark],
    faults: dict[str, str],
) -> DemandFacts | None:
    """The rule without what can't be chosen; None when it says nothing any more."""
    missing = [key for key in _named(demand.parameters) if key not in known]
    if not missing and not _is_about_nobody(demand, facts, known):
        return demand
    sentence = demand_sentence(demand.kind, demand.parameters, facts.currency)
    if demand.kind in _OF_A_LIST and "tag" not in demand.parameters:
        left = [key for key in demand.parameters["initiatives"] if key in known]
        if len(left) >= (demand.parameters["count"] if demand.kind is DemandKind.AT_LEAST else 0):
            text = f"{listed(missing)} can't be chosen in this cycle and does not count here."
            remarks.append(Remark(f"Rule “{sentence}”", text))
            return _with_members(demand, left) if left else None
    elif _says_nothing(demand, known):
        text = "Says nothing now: what it names can't be chosen in this cycle."
        remarks.append(Remark(f"Rule “{sentence}”", text))
        return None
    names = listed(missing) or f"{demand.parameters['tag']} = {demand.parameters['equals']}"
    faults[demand.key] = f"“{sentence}”: {names} can't be chosen in this cycle. {_REMOVE}"
    return None


_OF_A_LIST = (DemandKind.AT_MOST, DemandKind.AT_LEAST, DemandKind.SPEND_ON, DemandKind.CHANGE_LOAD)
"""Kinds that still say something about those left of their list."""


def _named(parameters: Mapping[str, Any]) -> list[str]:
    single = [parameters[name] for name in ("initiative", "needs") if name in parameters]
    return single + list(parameters.get("initiatives", []))


def _is_about_nobody(demand: DemandFacts, facts: ProblemFacts, known: set[str]) -> bool:
    if "tag" not in demand.parameters:
        return False
    tag, equals = demand.parameters["tag"], demand.parameters["equals"]
    return not any(one.tags.get(tag) == equals for one in facts.candidates if one.key in known)


def _says_nothing(demand: DemandFacts, known: set[str]) -> bool:
    match demand.kind:
        case DemandKind.REQUIRES:
            return demand.parameters["initiative"] not in known
        case DemandKind.SYNERGY:
            return True
        case DemandKind.AT_MOST | DemandKind.AVERAGE_RISK | DemandKind.CHANGE_LOAD:
            return True
        case DemandKind.SHARE | DemandKind.SPEND_ON:
            return "at_most" in demand.parameters
    return False


def _with_members(demand: DemandFacts, members: list[str]) -> DemandFacts:
    return replace(demand, parameters={**demand.parameters, "initiatives": members})
