"""Random problems with fixed seeds, from a handful of initiatives to thousands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import floor
from random import Random
from typing import Any

from app.portfolio.engine import ProblemError, parse_problem
from tests.bench.enumeration import combinations

KINDS = (
    "requires", "together", "at_most", "at_least", "fund", "exclude", "fix", "share", "synergy",
)  # fmt: skip
NEW_KINDS = ("spend_on", "average_risk", "change_load", "keep")
EVERY_KIND = (*KINDS, *NEW_KINDS)
WEIGHTS = ("initiatives", "spend")
PER_MONEY = ("share", "spend_on")
"""Rules whose miss is money, so that their price is a share of it."""


@dataclass(frozen=True)
class Size:
    """What a random problem looks like; ``starts`` quarters are open to each option, the share
    ``soft`` of the rules may be broken for money."""

    initiatives: int
    options: int
    quarters: int
    starts: int
    pools: int = 0
    funds: int = 1
    capacities: int = 0
    rules: int = 0
    tightness: float = 0.35
    overtime: bool = True
    carry_over: float = 0.0
    share_of: str = "budget"
    kinds: tuple[str, ...] = KINDS
    soft: float = field(default=0.0, repr=False)
    incumbents: int = field(default=0, repr=False)


def quarter_names(count: int) -> list[str]:
    """``count`` quarters from 2027-Q1 on."""
    return [f"{2027 + i // 4}-Q{i % 4 + 1}" for i in range(count)]


def random_document(size: Size, seed: int) -> dict[str, Any]:
    """A problem file with believable proportions: a third of what is asked can be paid."""
    random = Random(f"{size}{seed}")
    quarters = quarter_names(size.quarters)
    initiatives = [_initiative(size, random, i, quarters) for i in range(size.initiatives)]
    asked = sum(
        max(sum(map(sum, option["spend"].values())) for option in one["options"])
        for one in initiatives
    )
    per_quarter = max(1, int(asked * size.tightness / size.quarters / max(1, size.funds)))
    worked = sum(
        max(sum(map(sum, option["demand"].values())) for option in one["options"])
        for one in initiatives
    )
    staffed = max(1, int(worked * size.tightness / size.quarters / max(1, size.capacities)))
    held = random.sample(initiatives, min(size.incumbents, len(initiatives)))
    return {
        "format": "waymark/problem", "version": 1, "currency": "EUR", "quarters": quarters,
        **({"incumbent": {one["key"]: _held(one, random) for one in held}} if held else {}),
        "funds": [
            {
                "key": f"fund{f}",
                "budget": [
                    random.randint(per_quarter // 2, per_quarter * 3 // 2 + 1) for _ in quarters
                ],
                "carry_over": size.carry_over,
            }
            for f in range(size.funds)
        ],
        "capacities": [
            {
                "key": f"team{c}", "unit": "person-days", "available": [staffed] * size.quarters,
                **({"overtime_price": random.randint(50_000, 90_000)} if size.overtime else {}),
            }
            for c in range(size.capacities)
        ],
        "pools": [
            {"key": f"pool{p}", "value": [random.randint(10**7, 10**8)] * size.quarters}
            for p in range(size.pools)
        ],
        "initiatives": initiatives,
        "rules": random_rules(size, random, initiatives, [one["key"] for one in held]),
    }  # fmt: skip


def _held(one: dict[str, Any], random: Random) -> dict[str, Any]:
    option = random.choice(one["options"])
    return {"option": option["key"], "start": random.choice(option["start"])}


def _initiative(size: Size, random: Random, i: int, quarters: list[str]) -> dict[str, Any]:
    lens = random.choice(["people", "process", "technology"])
    cost = random.randint(2_000_00, 90_000_00)
    pools = random.sample(range(size.pools), min(size.pools, random.randint(1, 2)))
    effects = [(f"pool{p}", random.uniform(0.02, 0.3)) for p in pools]
    if len(effects) == 2 and random.random() < 0.15:  # helps one pool, harms another
        effects[1] = (effects[1][0], -effects[1][1] / 4)
    first = random.randrange(max(1, len(quarters) - size.starts + 1))
    starts = quarters[first : first + size.starts]
    options = []
    for o in range(size.options):
        scope = 1.0 if size.options == 1 else 0.4 + 0.6 * (o + 1) / size.options
        length = min(3, len(quarters))
        spend = {
            f"fund{random.randrange(size.funds)}": [
                int(cost * scope * random.uniform(0.2, 0.5)) for _ in range(length)
            ]
        }
        team = f"team{random.randrange(size.capacities)}" if size.capacities else None
        demand = {} if team is None else {team: [random.randint(5, 60) for _ in range(length)]}
        ramp = [0.0, 0.4, 0.8] + [1.0] * max(0, len(quarters) - 3)
        own = 0 if size.pools and random.random() < 0.7 else int(cost * random.uniform(0.3, 2.5))
        told = {"risk": random.choice([1, 2, 2.5, 4])} if NEW_KINDS[1] in size.kinds else {}
        if NEW_KINDS[2] in size.kinds and random.random() < 0.3:
            told["live_quarters"] = random.randint(1, 4)
        options.append(
            {
                **told, "key": f"o{o}", "spend": spend, "demand": demand, "start": starts,
                "value": [int(own * scope * (1 - 0.02 * k)) for k in range(len(starts))],
                "effects": [
                    {
                        "pool": pool,
                        "intensity": [
                            round(a * scope**0.7 * r, 6) for r in ramp[: len(quarters)]
                        ],
                    }
                    for pool, a in effects
                ],
            }
        )  # fmt: skip
    return {
        "key": f"CX-{i:05d}",
        "tags": {"lens": lens, "unit": random.choice("ABCD")},
        "options": options,
    }


def random_rules(
    size: Size, random: Random, initiatives: list[dict[str, Any]], held: list[str]
) -> list[dict[str, Any]]:
    """``size.rules`` rules of every kind in turn that do not contradict each other outright."""
    keys = [one["key"] for one in initiatives]
    rules: list[dict[str, Any]] = []
    pinned: set[str] = set()
    for r in range(size.rules):
        kind = size.kinds[r % len(size.kinds)]
        rule: dict[str, Any] = {"key": f"R{r:04d}", "type": kind}
        group = random.sample(keys, min(len(keys), random.randint(2, 4)))
        free = [key for key in keys if key not in pinned]
        match kind:
            case "requires":
                needs, initiative = sorted(group[:2])
                rule |= {"initiative": initiative, "needs": needs, "lag": random.randint(0, 1)}
            case "together":
                rule |= {"initiatives": group[:2]}
            case "at_most":
                rule |= {"count": random.randint(1, 2), "initiatives": group}
            case "at_least" if random.random() < 0.5:
                rule |= {"count": 1, "tag": "lens", "equals": initiatives[0]["tags"]["lens"]}
            case "at_least":
                rule |= {"count": 1, "initiatives": group}
            case "share":
                bound = random.choice(["at_most", "at_most", "at_least"])
                rule |= {
                    "tag": "lens", "equals": random.choice(initiatives)["tags"]["lens"],
                    bound: round(random.uniform(0.2, 0.6) if bound == "at_most" else 0.05, 2),
                    "of": size.share_of,
                }  # fmt: skip
            case "synergy":
                rule |= {"initiatives": group[:2], "value": random.randint(10**5, 10**6)}
            case "spend_on" | "average_risk" | "change_load" | "keep":
                found = _newer_rule(kind, random, initiatives, group, held)
                if found is None:
                    continue
                rule |= found
            case _:
                if not free:
                    continue
                chosen = random.choice(free)
                pinned.add(chosen)
                rule |= {"initiative": chosen, "reason": "regulation"}
                if kind == "fix":
                    option = random.choice(initiatives[keys.index(chosen)]["options"])
                    rule |= {"option": option["key"], "start": random.choice(option["start"])}
        if size.soft and kind != "synergy" and random.random() < size.soft:
            price = random.randint(10**4, 3 * 10**6)
            rule["price"] = round(random.uniform(0.05, 2), 3) if kind in PER_MONEY else price
            if rule.get("by") == "spend":
                rule["price"] = round(random.uniform(0.001, 0.1), 4)
        rules.append(rule)
    return rules


def _newer_rule(
    kind: str, random: Random, initiatives: list[dict[str, Any]], group: list[str], held: list[str]
) -> dict[str, Any] | None:
    """A rule on money spent, risk, change load or what runs today; None where nothing runs."""
    lens = {"tag": "lens", "equals": random.choice(initiatives)["tags"]["lens"]}
    whom = random.choice([lens, {"initiatives": group}])
    match kind:
        case "spend_on":
            bound = random.choice(["at_most", "at_most", "at_least"])
            cost = random.randint(20_000_00, 120_000_00)
            return {**whom, bound: cost if bound == "at_most" else cost // 8}
        case "average_risk":
            most = random.choice([1.5, 2, 2.25, 3])
            return {**random.choice([whom, {}]), "at_most": most, "by": random.choice(WEIGHTS)}
        case "change_load":
            team = {"capacity": next(iter(initiatives[0]["options"][0]["demand"]), None)}
            return {
                **random.choice([whom, {}]), "count": random.randint(1, 3),
                **(team if team["capacity"] and random.random() < 0.4 else {}),
            }  # fmt: skip
    if not held:
        return None
    some = {"initiatives": random.sample(held, 1)} if random.random() < 0.5 else {}
    return {**some, "may_move": random.random() < 0.5}


def with_commitments(document: dict[str, Any], seed: int) -> dict[str, Any]:
    """The document with money bound already, some of it above a quarter's own budget and paid by
    what moved on."""
    random = Random(seed)
    funds = []
    for fund in document["funds"]:
        share = random.choice([0, 0.25, 0.5, 1])
        committed, arrived = [], 0
        for budget in fund["budget"]:
            there = budget + arrived
            taken = random.choice([0, there // 4, there // 2, there - budget // 3])
            committed.append(taken)
            arrived = min(there - taken, floor(share * there))
        funds.append(fund | {"committed": committed, "carry_over": share})
    return document | {"funds": funds}


def small_document(
    seed: int, *, most_combinations: int, every_kind: bool = False
) -> dict[str, Any]:
    """A problem of 3 to 12 initiatives with up to all kinds of rules, limits and effects, that
    can be enumerated and is no contradiction on its face. ``every_kind``: spending, risk, change
    load, what runs today and soft rules too."""
    random = Random(seed)
    while True:
        size = Size(
            initiatives=random.randint(3, 12), options=random.randint(1, 2),
            quarters=random.randint(2, 4), starts=random.randint(1, 2), pools=random.randint(0, 3),
            funds=random.randint(1, 2), capacities=random.randint(0, 2), rules=random.randint(0, 9),
            tightness=random.uniform(0.3, 0.7), overtime=random.random() < 0.5,
            carry_over=random.choice([0, 0, 0.25, 1]), share_of=random.choice(["budget", "spend"]),
            kinds=tuple(random.sample(KINDS, len(KINDS))),
        )  # fmt: skip
        if every_kind:
            size = replace(
                size, kinds=tuple(random.sample(EVERY_KIND, len(EVERY_KIND))),
                soft=random.choice([0, 0.3, 0.6]), incumbents=random.randint(0, 3),
                rules=random.randint(1, 13),
            )  # fmt: skip
        document = random_document(size, random.randint(0, 10**6))
        if combinations(document) > most_combinations:
            continue
        try:
            parse_problem(document)
        except ProblemError:
            continue
        return document
