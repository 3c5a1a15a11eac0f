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
    return all(
        missed(document, rule, plan) <= 1e-6
        for rule in document.get("rules", [])
        if "price" not in rule
    )


def missed(document: dict[str, Any], rule: dict[str, Any], plan: list[Choice]) -> float:
    """By how much a plan misses a rule, in the rule's unit; 0 when it holds."""
    placed = {choice[0]: choice for choice in plan}
    tagged = [
        one["key"]
        for one in document["initiatives"]
        if "tag" in rule and one.get("tags", {}).get(rule["tag"]) == rule["equals"]
    ]
    everybody = [one["key"] for one in document["initiatives"]]
    members = rule.get("initiatives") or (tagged if "tag" in rule else everybody)
    funded = sum(key in placed for key in members)
    mine = placed.get(rule.get("initiative", ""))
    theirs = [choice for choice in plan if choice[0] in members]
    match rule["type"]:
        case "requires":
            return _too_early(document, rule, placed)
        case "together":
            return len(members) - funded if funded else 0
        case "at_most":
            return max(0, funded - rule["count"])
        case "at_least":
            return max(0, rule["count"] - funded)
        case "fund":
            return mine is None
        case "exclude":
            return mine is not None
        case "fix":
            start = document["quarters"].index(rule["start"])
            return mine is None or mine[1:] != (rule["option"], start)
        case "share":
            budget = sum(
                sum(fund["budget"]) - sum(fund.get("committed", [])) for fund in document["funds"]
            )
            base = budget if rule["of"] == "budget" else _spend(document, plan)
            most, least = rule.get("at_most", inf), rule.get("at_least", -inf)
            return _outside(_spend(document, theirs), least * base if base else 0, most * base)
        case "spend_on":
            spent = _spend(document, theirs)
            return _outside(spent, rule.get("at_least", -inf), rule.get("at_most", inf))
        case "average_risk":
            weights = {
                choice: _spend(document, [choice]) if rule.get("by") == "spend" else 1
                for choice in theirs
            }
            most = rule["at_most"]
            return max(
                0,
                sum(w * (_option(document, c).get("risk", 0) - most) for c, w in weights.items()),
            )
        case "change_load":
            return _overload(document, rule, theirs)
        case "keep":
            return _not_kept(document, rule, placed)
    return 0


def _outside(amount: float, least: float, most: float) -> float:
    return max(0, least - amount, amount - most)


def _too_early(document: dict[str, Any], rule: dict[str, Any], placed: dict[str, Choice]) -> float:
    """Planning quarters in which it runs and what it needs has not run for long enough."""
    mine, theirs = placed.get(rule["initiative"]), placed.get(rule["needs"])
    if mine is None:
        return 0
    quarters = range(mine[2], len(document["quarters"]))
    return sum(theirs is None or quarter < theirs[2] + rule.get("lag", 0) for quarter in quarters)


def _overload(document: dict[str, Any], rule: dict[str, Any], plan: list[Choice]) -> float:
    """Initiatives live above the limit, summed over the quarters."""
    live: list[int] = [0] * len(document["quarters"])
    for choice in plan:
        option = _option(document, choice)
        demand = option.get("demand", {})
        if "capacity" in rule and not any(demand.get(rule["capacity"], [])):
            continue
        for quarter in range(choice[2], min(len(live), choice[2] + _live_for(option))):
            live[quarter] += 1
    return sum(max(0, count - rule["count"]) for count in live)


def _live_for(option: dict[str, Any]) -> int:
    """Quarters to the last of spend, demand and the first effect, one at least."""
    if "live_quarters" in option:
        return int(option["live_quarters"])
    length = 1
    for amounts in (*option.get("spend", {}).values(), *option.get("demand", {}).values()):
        for offset, amount in enumerate(amounts):
            length = max(length, offset + 1 if amount else 0)
    for effect in option.get("effects", []):
        first = [offset for offset, amount in enumerate(effect["intensity"]) if amount][:1]
        length = max([length, *(offset + 1 for offset in first)])
    return length


def _not_kept(document: dict[str, Any], rule: dict[str, Any], placed: dict[str, Choice]) -> float:
    held = document.get("incumbent", {})
    count = 0
    for key in rule.get("initiatives", list(held)):
        now = placed.get(key)
        was = (held[key]["option"], document["quarters"].index(held[key]["start"]))
        count += now is None or (not rule.get("may_move") and now[1:] != was)
    return count


def plan_value(document: dict[str, Any], plan: list[Choice]) -> float:
    """Own values + Σ V·(1 − exp(−S)) + synergies − overtime − soft rules paid for."""
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
        if "price" in rule:
            parts.append(-rule["price"] * missed(document, rule, plan))
    for capacity in document.get("capacities", []):
        used = _use(document, plan, "demand", capacity["key"])
        over = sum(max(0, u - a) for u, a in zip(used, capacity["available"], strict=True))
        parts.append(-over * capacity.get("overtime_price", 0))
    return fsum(parts)
