"""Portfolios as companies plan them, with fixed seeds: what the optimizer is measured on.

n initiatives in three scopes, 12 quarters, an open start in each or in a window of four; two funds,
one of which lets a quarter of its money move on; teams with priced overtime; overlap on n/4 pools;
every type of rule, hard and soft. About a third of what is asked for can be paid.
"""

from __future__ import annotations

from math import exp, log
from random import Random
from typing import Any

from tests.bench.engine_instances import quarter_names

QUARTERS = 12
SCOPES = (("lean", 0.4), ("core", 0.7), ("full", 1.0))
LENSES = ("people", "process", "technology")
UNITS = ("Sales", "Service", "Claims", "Billing")
TEAMS = 4
TIGHTNESS = 0.35


def portfolio(initiatives: int, starts: int, seed: int = 1) -> dict[str, Any]:
    """A problem file; ``starts`` quarters are open to each initiative."""
    random = Random(f"portfolio {initiatives} {starts} {seed}")
    quarters = quarter_names(QUARTERS)
    pools = [_pool(random, p) for p in range(max(6, initiatives // 4))]
    items = [_initiative(random, i, quarters, pools, starts) for i in range(initiatives)]
    document = {
        "format": "waymark/problem", "version": 1, "currency": "EUR", "quarters": quarters,
        "funds": [_fund(random, items, "capex", 0.5), _fund(random, items, "opex", 0.25)],
        "capacities": [_team(random, items, f"team{c}") for c in range(TEAMS)],
        "pools": pools,
        "initiatives": items,
    }  # fmt: skip
    document["rules"] = _rules(random, document)
    return document


def plain(initiatives: int, seed: int = 1) -> dict[str, Any]:
    """Plain selection: a value, one total and eight quarterly budgets."""
    random = Random(f"plain {initiatives} {seed}")
    items = []
    for i in range(initiatives):
        cost = int(exp(random.uniform(log(2_000_000), log(40_000_000))))
        first = random.randrange(7)
        spread = [0] * first + [cost // 2, cost - cost // 2]
        items.append(
            {
                "key": f"P-{i:05d}",
                "options": [
                    {
                        "key": "take", "start": ["2027-Q1"],
                        "spend": {"quarterly": spread, "total": [cost]},
                        "value": int(cost * random.uniform(0.8, 3.0)),
                    }
                ],
            }
        )  # fmt: skip
    quarters = quarter_names(8)
    spent = [0] * 8
    total = 0
    for item in items:
        spend = item["options"][0]["spend"]
        total += spend["total"][0]
        for quarter, amount in enumerate(spend["quarterly"]):
            spent[quarter] += amount
    return {
        "format": "waymark/problem", "version": 1, "currency": "EUR", "quarters": quarters,
        "funds": [
            {"key": "quarterly", "budget": [int(amount * 0.4) for amount in spent]},
            {"key": "total", "budget": [int(total * 0.35)] + [0] * 7},
        ],
        "capacities": [], "pools": [], "initiatives": items, "rules": [],
    }  # fmt: skip


def _pool(random: Random, p: int) -> dict[str, Any]:
    worth = random.randint(40_000_000, 400_000_000)
    return {"key": f"pool{p:03d}", "value": [int(worth * 0.98**t) for t in range(QUARTERS)]}


def _initiative(
    random: Random, i: int, quarters: list[str], pools: list[dict[str, Any]], starts: int
) -> dict[str, Any]:
    cost = exp(random.uniform(log(6_000_000), log(40_000_000)))
    ratio = random.uniform(0.8, 4.0)
    acting = random.sample(pools, random.randint(1, 2))
    hurts = len(acting) == 2 and random.random() < 0.15
    first = random.randrange(QUARTERS - starts + 1)
    delay, capex, team = random.randint(1, 3), random.uniform(0.3, 0.8), random.randrange(TEAMS)
    options = []
    for key, scope in SCOPES:
        paid = cost * scope
        worth = paid * ratio * scope**-0.3
        effects = []
        for place, pool in enumerate(acting):
            a = worth / len(acting) / (sum(pool["value"]) * 0.6)
            a = -a / 3 if hurts and place else a
            ramp = [0.0] * delay + [0.5, 0.8] + [1.0] * (QUARTERS - delay - 2)
            effects.append({"pool": pool["key"], "intensity": [round(a * r, 6) for r in ramp]})
        options.append(
            {
                "key": key, "start": quarters[first : first + starts],
                "spend": {
                    "capex": [int(paid * capex * part) for part in (0.4, 0.4, 0.2)],
                    "opex": [int(paid * (1 - capex) * part) for part in (0.4, 0.2, 0.2, 0.2)],
                },
                "demand": {
                    f"team{(team + k) % TEAMS}": [round(paid / 150_000 * part, 1) for part in parts]
                    for k, parts in enumerate([(0.4, 0.4, 0.2), (0.1, 0.2)])
                },
                "value": int(worth * 0.2) if random.random() < 0.3 else 0,
                "effects": effects,
                "effort_minutes": int(paid / 200),
                "risk": random.randint(1, 5),
            }
        )  # fmt: skip
    return {
        "key": f"CX-{i:05d}",
        "tags": {"lens": random.choice(LENSES), "unit": random.choice(UNITS)},
        "options": options,
    }


def _asked(items: list[dict[str, Any]], field: str, key: str) -> float:
    return sum(sum(item["options"][-1][field].get(key, ())) for item in items)


def _fund(
    random: Random, items: list[dict[str, Any]], key: str, carry_over: float
) -> dict[str, Any]:
    each = _asked(items, "spend", key) * TIGHTNESS / QUARTERS
    budget = [int(each * random.uniform(0.75, 1.25)) for _ in range(QUARTERS)]
    return {"key": key, "budget": budget, "carry_over": carry_over}


def _team(random: Random, items: list[dict[str, Any]], key: str) -> dict[str, Any]:
    each = _asked(items, "demand", key) * TIGHTNESS / QUARTERS
    return {
        "key": key, "unit": "person-days", "available": [round(each, 1)] * QUARTERS,
        "overtime_price": random.randint(60_000, 90_000),
    }  # fmt: skip


def _rules(random: Random, document: dict[str, Any]) -> list[dict[str, Any]]:
    """One rule of every type for each 40 initiatives, the ones on everything once."""
    items = document["initiatives"]
    keys = [item["key"] for item in items]
    budget = sum(sum(fund["budget"]) for fund in document["funds"])
    drawn = random.sample(keys, len(keys))

    def take(count: int) -> list[str]:
        return sorted(drawn.pop() for _ in range(count))

    rules: list[dict[str, Any]] = []
    for _ in range(max(1, len(keys) // 40)):
        one, other = take(2)
        rules.append({"type": "requires", "initiative": one, "needs": other, "lag": 1})
        rules.append({"type": "together", "initiatives": take(2)})
        rules.append({"type": "at_most", "count": 1, "initiatives": take(3)})
        rules.append({"type": "at_least", "count": 1, "initiatives": take(4)})
        rules.append({"type": "fund", "initiative": take(1)[0], "reason": "regulation"})
        rules.append({"type": "exclude", "initiative": take(1)[0], "reason": "not ready"})
        rules.append({"type": "fix", "initiative": (key := take(1)[0]), "option": "lean"})
        rules.append({"type": "synergy", "initiatives": take(2), "value": 3_000_000})
        rules.append(
            {"type": "fund", "initiative": take(1)[0], "reason": "wished", "price": 2_000_000}
        )
        assert key
    rules += [
        {"type": "share", "tag": "lens", "equals": "technology", "at_most": 0.4, "of": "budget"},
        {"type": "share", "tag": "lens", "equals": "people", "at_least": 0.15, "of": "budget"},
        {"type": "spend_on", "tag": "unit", "equals": "Sales", "at_most": budget // 3},
        {"type": "average_risk", "at_most": 3.2},
        {
            "type": "change_load", "tag": "unit", "equals": "Service",
            "count": max(4, len(keys) // 12), "price": 1_000_000,
        },
    ]  # fmt: skip
    return [{"key": f"R{place:04d}", **rule} for place, rule in enumerate(rules)]
