"""The problem file's form of a ``Problem``: what is stored, digested and read back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.portfolio.engine.problem import (
    AverageRisk,
    ChangeLoad,
    Count,
    Flow,
    Initiative,
    Keep,
    Option,
    Pin,
    Problem,
    Requires,
    Rule,
    Share,
    SpendOn,
    Synergy,
    Together,
    price_of,
)
from app.values.canonical import canonical_json, digest


def plain_number(value: int | Decimal) -> int | float:
    """A JSON number; whole measures are written without a fraction."""
    return int(value) if value == int(value) else float(value)


def problem_document(problem: Problem) -> dict[str, Any]:
    """The normalised problem file: keys sorted, every default written out."""
    return {
        "format": "waymark/problem",
        "version": 1,
        "currency": problem.currency,
        "quarters": list(problem.quarters),
        "funds": [
            {
                "key": f.key,
                "budget": list(f.budget),
                "carry_over": plain_number(f.carry_over),
                **({"committed": list(f.committed)} if f.committed else {}),
            }
            for f in problem.funds
        ],
        "capacities": [
            {
                "key": c.key,
                "unit": c.unit,
                "available": [plain_number(a) for a in c.available],
                **({} if c.overtime_price is None else {"overtime_price": c.overtime_price}),
            }
            for c in problem.capacities
        ],
        "pools": [{"key": p.key, "value": list(p.value)} for p in problem.pools],
        "initiatives": [_initiative(problem, initiative) for initiative in problem.initiatives],
        "rules": [
            {"key": rule.key, **_rule(problem, rule), **_price(rule)} for rule in problem.rules
        ],
        "incumbent": {
            problem.initiatives[p.initiative].key: {
                "option": problem.option(p).key,
                "start": problem.quarters[p.start],
            }
            for p in problem.incumbent
        },
        "objective": {"name": problem.objective},
    }


def with_digest(problem: Problem) -> Problem:
    """The same problem carrying the digest of its normalised file."""
    return replace(problem, digest=digest(canonical_json(problem_document(problem))))


def _initiative(problem: Problem, initiative: Initiative) -> dict[str, Any]:
    return {
        "key": initiative.key,
        "name": initiative.name,
        "tags": dict(initiative.tags),
        "options": [_option(problem, option) for option in initiative.options],
    }


def _option(problem: Problem, option: Option) -> dict[str, Any]:
    return {
        "key": option.key,
        "start": [problem.quarters[start] for start in option.starts],
        "value": list(option.values),
        "spend": _flows([fund.key for fund in problem.funds], option.spend),
        "demand": _flows([capacity.key for capacity in problem.capacities], option.demand),
        "effects": [
            {
                "pool": problem.pools[effect.pool].key,
                "intensity": [plain_number(a) for a in effect.intensity],
            }
            for effect in option.effects
        ],
        "effort_minutes": option.effort_minutes,
        "risk": plain_number(option.risk),
        **({} if option.live_quarters is None else {"live_quarters": option.live_quarters}),
    }


def _flows(keys: list[str], flows: tuple[Flow, ...]) -> dict[str, list[int | float]]:
    return {keys[flow.target]: [plain_number(a) for a in flow.amounts] for flow in flows}


def _price(rule: Rule) -> dict[str, Any]:
    price = price_of(rule)
    return {} if price is None else {"price": plain_number(price)}


def _group(
    problem: Problem, rule: SpendOn | AverageRisk | ChangeLoad, *, is_all_said: bool = True
) -> dict[str, Any]:
    """Whom the rule is about; nothing where it is about everybody and that goes without saying."""
    if rule.tag is not None:
        return {"tag": rule.tag[0], "equals": rule.tag[1]}
    if not is_all_said and len(rule.initiatives) == len(problem.initiatives):
        return {}
    return {"initiatives": [problem.initiatives[i].key for i in rule.initiatives]}


def _rule(problem: Problem, rule: Rule) -> dict[str, Any]:
    name = [initiative.key for initiative in problem.initiatives]
    match rule:
        case Requires():
            return {
                "type": "requires",
                "initiative": name[rule.initiative],
                "needs": name[rule.needs],
                "lag": rule.lag,
            }
        case Together():
            return {"type": "together", "initiatives": [name[i] for i in rule.initiatives]}
        case Count(tag=None):
            members = [name[i] for i in rule.initiatives]
            return {"type": rule.bound.value, "count": rule.count, "initiatives": members}
        case Count(tag=(tag, equals)):
            return {"type": rule.bound.value, "count": rule.count, "tag": tag, "equals": equals}
        case Pin():
            return _pin(problem, rule)
        case Share(tag=(tag, equals)):
            limit = {rule.bound.value: plain_number(rule.share)}
            return {"type": "share", "tag": tag, "equals": equals, "of": rule.of, **limit}
        case SpendOn():
            limit = {rule.bound.value: rule.limit}
            return {"type": "spend_on", **_group(problem, rule), **limit}
        case AverageRisk():
            group = _group(problem, rule, is_all_said=False)
            most = plain_number(rule.at_most)
            return {"type": "average_risk", **group, "at_most": most, "by": rule.by}
        case ChangeLoad():
            team = rule.capacity
            return {
                "type": "change_load",
                **_group(problem, rule, is_all_said=False),
                **({} if team is None else {"capacity": problem.capacities[team].key}),
                "count": rule.count,
            }
        case Keep():
            kept = {} if rule.is_all else {"initiatives": [name[i] for i in rule.initiatives]}
            return {"type": "keep", **kept, "may_move": rule.may_move}
        case Synergy():
            members = [name[i] for i in rule.initiatives]
            return {"type": "synergy", "initiatives": members, "value": rule.value}
    raise TypeError(f"{type(rule).__name__} has no written form.")


def _pin(problem: Problem, pin: Pin) -> dict[str, Any]:
    initiative = problem.initiatives[pin.initiative]
    written: dict[str, Any] = {"type": pin.kind, "initiative": initiative.key}
    if pin.option is not None:
        written["option"] = initiative.options[pin.option].key
    if pin.start is not None:
        written["start"] = problem.quarters[pin.start]
    return written | ({"reason": pin.reason} if pin.reason else {})
