"""The oracle: complete enumeration of a small problem file, sharing no code with the engine.

It reads the problem document, tries every combination of placements, and keeps the best one by
plain arithmetic. Slow and simple on purpose.
"""

from __future__ import annotations

from itertools import product
from math import expm1, floor, fsum, inf
from typing import Any

Choice = tuple[str, str, int]
"""Initiative, option and start quarter."""


def best_by_enumeration(document: dict[str, Any]) -> tuple[float, list[Choice] | None]:
    """The highest value any allowed plan has, and one such plan; −inf and None without one."""
    placements = []
    for one in document["initiatives"]:
        ways: list[Choice | None] = [None]
        for option in one["options"]:
            for start in option["start"]:
                ways.append((one["key"], option["key"], document["quarters"].index(start)))
        placements.append(ways)
    best, best_plan = -inf, None
    for combination in product(*placements):
        plan = [choice for choice in combination if choice is not None]
        if is_allowed(document, plan):
            value = plan_value(document, plan)
            if value > best:
                best, best_plan = value, plan
    return best, best_plan


def combinations(document: dict[str, Any]) -> int:
    """How many combinations there are to try."""
    count = 1
    for one in document["initiatives"]:
        count *= 1 + sum(len(option["start"]) for option in one["options"])
    return count


def _option(document: dict[str, Any], choice: Choice) -> dict[str, Any]:
    one = next(i for i in document["initiatives"] if i["key"] == choice[0])
    return next(o for o in one["options"] if o["key"] == choice[1])


def _use(document: dict[str, Any], plan: list[Choice], field: str, key: str) -> list[float]:
    row: list[float] = [0] * len(document["quarters"])
    for choice in plan:
        for offset, amount in enumerate(_option(document, choice).get(field, {}).get(key, [])):
            if choice[2] + offset < len(row):
                row[choice[2] + offset] += amount
    return row


def _spend(document: dict[str, Any], plan: list[Choice]) -> float:
    return sum(sum(_use(document, plan, "spend", fund["key"])) for fund in document["funds"])


def is_allowed(document: dict[str, Any], plan: list[Choice]) -> bool:
    """Whether budgets, hard capacities and every rule hold."""
    for fund in document["funds"]:
        arrived = 0
        spend = _use(document, plan, "spend", fund["key"])
        taken = fund.get("committed", [0] * len(spend))
        for budget, spent, before in zip(fund["budget"], spend, taken, strict=True):
            left = budget + arrived - before - spent
            if left < 0:
                return False
            arrived = min(left, floor(fund.get("carry_over", 0) * (budget + arrived) + 1e-9))
    for capacity in document.get("capacities", []):
        if "overtime_price" not in capacity:
            used = _use(document, plan, "demand", capacity["key"])
            if any(u > a for u, a in zip(used, capacity["available"], strict=True)):
                return False
    return all(_holds(document, rule, plan) for rule in document.get("rules", []))


def _holds(document: dict[str, Any], rule: dict[str, Any], plan: list[Choice]) -> bool:
    placed = {choice[0]: choice for choice in plan}
    tagged = [
        one["key"]
        for one in document["initiatives"]
        if "tag" in rule and one.get("tags", {}).get(rule["tag"]) == rule["equals"]
    ]
    members = rule.get("initiatives", tagged)
    funded = sum(key in placed for key in members)
    mine = placed.get(rule.get("initiative", ""))
    match rule["type"]:
        case "requires":
            theirs = placed.get(rule["needs"])
            return mine is None or (theirs is not None and mine[2] >= theirs[2] + rule["lag"])
        case "together":
            return funded in (0, len(members))
        case "at_most":
            return funded <= rule["count"]
        case "at_least":
            return funded >= rule["count"]
        case "fund":
            return mine is not None
        case "exclude":
            return mine is None
        case "fix":
            start = document["quarters"].index(rule["start"])
            return mine is not None and mine[1:] == (rule["option"], start)
        case "share":
            spent = _spend(document, [c for c in plan if c[0] in members])
            budget = sum(
                sum(fund["budget"]) - sum(fund.get("committed", [])) for fund in document["funds"]
            )
            base = budget if rule["of"] == "budget" else _spend(document, plan)
            most, least = rule.get("at_most", inf), rule.get("at_least", -inf)
            return least * base - 1e-6 <= spent <= most * base + 1e-6 if base else spent == 0
    return True


def plan_value(document: dict[str, Any], plan: list[Choice]) -> float:
    """Own values + Σ V·(1 − exp(−S)) + synergies − overtime."""
    quarters = document["quarters"]
    parts: list[float] = []
    sums: dict[tuple[str, int], float] = {}
    for choice in plan:
        option = _option(document, choice)
        own = option.get("value", 0)
        at = option["start"].index(quarters[choice[2]])
        parts.append(own[at] if isinstance(own, list) else own)
        for effect in option.get("effects", []):
            for offset, intensity in enumerate(effect["intensity"]):
                if choice[2] + offset < len(quarters):
                    place = (effect["pool"], choice[2] + offset)
                    sums[place] = sums.get(place, 0.0) + intensity
    worth = {pool["key"]: pool["value"] for pool in document.get("pools", [])}
    parts += [-worth[pool][quarter] * expm1(-total) for (pool, quarter), total in sums.items()]
    funded = {choice[0] for choice in plan}
    for rule in document.get("rules", []):
        if rule["type"] == "synergy" and funded.issuperset(rule["initiatives"]):
            parts.append(rule["value"])
    for capacity in document.get("capacities", []):
        used = _use(document, plan, "demand", capacity["key"])
        over = sum(max(0, u - a) for u, a in zip(used, capacity["available"], strict=True))
        parts.append(-over * capacity.get("overtime_price", 0))
    return fsum(parts)
