"""From facts to the problem file: discounting, haircuts, ramps and what is committed already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import exp
from typing import Any

from app.initiatives.rules import (
    DeclaredClaim,
    EffectClaim,
    Horizon,
    OptionClaim,
    intensities,
)
from app.initiatives.rules.value import declared_value
from app.portfolio.rules.approved import approved_remarks, still_to_come
from app.portfolio.rules.demands import DemandKind
from app.portfolio.rules.eligibility import eligible
from app.portfolio.rules.facts import (
    CandidateFacts,
    FundFacts,
    OptionFacts,
    PoolFacts,
    ProblemFacts,
    Remark,
    TeamFacts,
)
from app.values.carrying import lacking

UNIT_OF_TEAMS = "person-days"


@dataclass(frozen=True, slots=True)
class Built:
    """A problem file's content, with numbers as exact decimals, and what to know about it."""

    document: dict[str, Any]
    remarks: tuple[Remark, ...]


def build_problem(facts: ProblemFacts) -> Built:
    """The problem in the public format. Raises nothing: what can't be used is remarked on."""
    candidates, starts, remarks = eligible(facts)
    pools = {pool.key: pool for pool in facts.pools if pool.barred is None}
    numbers = {key: number for number, key in enumerate(sorted(pools))}
    teams = {team.key for team in facts.teams}
    remarks += _uncounted(candidates, facts, pools.keys(), teams)
    remarks += approved_remarks(facts)
    held = _held(candidates, starts, facts, remarks)
    counts_live = any(demand.kind is DemandKind.CHANGE_LOAD for demand in facts.demands)
    document = {
        "format": "waymark/problem",
        "version": 1,
        "currency": facts.currency,
        "quarters": [str(quarter) for quarter in facts.quarters],
        "funds": [_fund(fund) for fund in facts.funds],
        "capacities": [_capacity(team, facts) for team in facts.teams],
        "pools": [_pool(pool, facts) for pool in pools.values()],
        "initiatives": [
            {
                "key": candidate.key,
                "name": candidate.title,
                "tags": dict(candidate.tags),
                "options": [
                    _option(option, starts[candidate.key, option.key], facts, numbers, teams)
                    | ({"live_quarters": _live_quarters(option)} if counts_live else {})
                    for option in candidate.options
                ],
            }
            for candidate in candidates
        ],
        "rules": [*_bonds(candidates), *_pins(facts), *_demands(facts, held)],
        **({"incumbent": held} if held else {}),
    }
    return Built(document, tuple(remarks))


def overdrawn(fund: FundFacts) -> int:
    """How much more is committed than the budgets so far can pay, in minor units; 0 is right."""
    return sum(lacking(fund.budget, fund.committed, fund.carry_over))


def _fund(fund: FundFacts) -> dict[str, Any]:
    written: dict[str, Any] = {
        "key": fund.key,
        "budget": list(fund.budget),
        "carry_over": fund.carry_over,
    }
    return written | ({"committed": list(fund.committed)} if any(fund.committed) else {})


def _capacity(team: TeamFacts, facts: ProblemFacts) -> dict[str, Any]:
    available = list(team.available)
    for one in facts.committed:
        for offset, days in one.option.demand.get(team.key, {}).items():
            quarter = one.start + offset
            if 0 <= quarter < len(available):
                available[quarter] = max(Decimal(0), available[quarter] - days)
    return {"key": team.key, "unit": UNIT_OF_TEAMS, "available": available}


def _pool(pool: PoolFacts, facts: ProblemFacts) -> dict[str, Any]:
    """What running initiatives leave of the pool: value(t)·e^(−S₀(t)), so nothing is sold twice."""
    running = [0.0] * len(facts.quarters)
    for one in facts.committed:
        for quarter, more in enumerate(still_to_come(one, pool, len(running))):
            running[quarter] += more
    return {
        "key": pool.key,
        "value": [
            round(value * exp(-already)) for value, already in zip(pool.value, running, strict=True)
        ],
    }


def _option(
    option: OptionFacts,
    starts: Sequence[int],
    facts: ProblemFacts,
    numbers: Mapping[str, int],
    teams: set[str],
) -> dict[str, Any]:
    quarters = list(facts.quarters)
    horizon = Horizon(len(quarters), facts.discount_rate)
    claim = _claim(option, numbers)
    return {
        "key": option.key,
        "start": [str(quarters[start]) for start in starts],
        "spend": {key: _series(flow, 0) for key, flow in sorted(option.spend.items())},
        "demand": {
            key: _series(flow, Decimal(0))
            for key, flow in sorted(option.demand.items())
            if key in teams
        },
        "value": [declared_value(replace(claim, start=start), horizon) for start in starts],
        "effects": list(_effects(claim, numbers, len(quarters))),
        "effort_minutes": option.effort_minutes,
        "risk": option.risk,
    }


def _live_quarters(option: OptionFacts) -> int:
    """From the start until it has gone live and no team works on it; running costs don't count."""
    worked = [1 + max(flow, default=0) for flow in option.demand.values()]
    return max([1 + option.go_live, *worked])


def _series(flow: Any, empty: Any) -> list[Any]:
    return [flow.get(offset, empty) for offset in range(1 + max(flow, default=-1))]


def _claim(option: OptionFacts, numbers: Mapping[str, int]) -> OptionClaim:
    """What the option claims of the pools that count."""
    declared = option.declared
    return OptionClaim(
        start=0,
        go_live=option.go_live,
        ramp=option.ramp,
        half_life=option.half_life,
        effects=tuple(
            EffectClaim(numbers[effect.pool], effect.removal, effect.grade)
            for effect in option.effects
            if effect.pool in numbers
        ),
        declared=DeclaredClaim(declared.benefit_minor, declared.grade) if declared else None,
    )


def _effects(
    claim: OptionClaim, numbers: Mapping[str, int], horizon: int
) -> Iterator[dict[str, Any]]:
    """Per pool Σ g·a over the option's behaviours, unfolded by its ramp and half-life."""
    touched = {effect.pool for effect in claim.effects}
    for pool, number in sorted(numbers.items()):
        if number in touched:
            series = intensities(claim, number, horizon)
            if any(series):
                yield {"pool": pool, "intensity": list(series)}


def _bonds(candidates: Sequence[CandidateFacts]) -> Iterator[dict[str, Any]]:
    """Dependencies and exclusions between candidates, as the initiatives themselves state them."""
    known = {candidate.key for candidate in candidates}
    for candidate in candidates:
        for need in candidate.needs:
            if need.key in known:
                yield {
                    "key": f"needs:{candidate.key}:{need.key}",
                    "type": DemandKind.REQUIRES.value,
                    "initiative": candidate.key,
                    "needs": need.key,
                    "lag": need.lag,
                }
    pairs = {
        tuple(sorted((candidate.key, other)))
        for candidate in candidates
        for other in candidate.excludes
        if other in known
    }
    for one, other in sorted(pairs):
        yield {
            "key": f"either:{one}:{other}",
            "type": DemandKind.AT_MOST.value,
            "count": 1,
            "initiatives": [one, other],
        }


def _pins(facts: ProblemFacts) -> Iterator[dict[str, Any]]:
    quarters = list(facts.quarters)
    for pin in sorted(facts.pins, key=lambda one: one.initiative):
        fixed: dict[str, Any] = {"option": pin.option} if pin.option else {}
        if pin.start is not None:
            fixed["start"] = str(quarters[pin.start])
        yield {
            "key": f"pin:{pin.initiative}",
            "type": pin.kind.value,
            "initiative": pin.initiative,
            "reason": pin.reason,
            **fixed,
            **({} if pin.price is None else {"price": pin.price}),
        }


def _demands(facts: ProblemFacts, held: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The scenario's rules; ``held`` is what of an earlier plan can still be chosen."""
    for demand in facts.demands:
        written = dict(demand.parameters)
        for name in ("at_most", "at_least", "price"):
            if isinstance(written.get(name), str):
                written[name] = Decimal(written[name])
        if demand.kind is DemandKind.KEEP:
            keys = sorted(held.keys() & written.pop("held").keys())
            del written["run"]
            if not keys:
                continue
            written["initiatives"] = keys
        yield {"key": demand.key, "type": demand.kind.value, **written}


def _held(
    candidates: Sequence[CandidateFacts], starts: Mapping[tuple[str, str], Sequence[int]],
    facts: ProblemFacts, remarks: list[Remark],
) -> dict[str, Any]:  # fmt: skip
    """The choices of the earlier plan that rules keep, as far as they can still be made."""
    quarters = [str(quarter) for quarter in facts.quarters]
    possible = {
        (candidate.key, option.key): [
            quarters[start] for start in starts[candidate.key, option.key]
        ]
        for candidate in candidates
        for option in candidate.options
    }
    found: dict[str, Any] = {}
    gone: set[str] = set()
    for demand in facts.demands:
        if demand.kind is DemandKind.KEEP:
            for key, choice in demand.parameters["held"].items():
                if choice["start"] in possible.get((key, choice["option"]), ()):
                    found[key] = choice
                else:
                    gone.add(key)
    if gone:
        text = f"Can't be made again as they were in the plan to keep: {_some(gone)}."
        remarks.append(Remark("Plan to keep", text))
    return found


def _uncounted(
    candidates: Sequence[CandidateFacts], facts: ProblemFacts, certified: Any, teams: set[str]
) -> Iterator[Remark]:
    """Pools and teams that candidates use but the problem can't count."""
    users: dict[str, set[str]] = {}
    free: dict[str, set[str]] = {}
    for candidate in candidates:
        for option in candidate.options:
            for effect in option.effects:
                if effect.pool not in certified:
                    users.setdefault(effect.pool, set()).add(candidate.key)
            for team in option.demand.keys() - teams:
                free.setdefault(team, set()).add(candidate.key)
    barred = {pool.key: pool.barred for pool in facts.pools}
    for pool, keys in sorted(users.items()):
        why = barred.get(pool) or "It is not known"
        text = f"{why}, so it counts nothing. It would matter to {_some(keys)}."
        yield Remark(f"Pool {pool}", text)
    for team, keys in sorted(free.items()):
        yield Remark(
            f"Team {team}",
            f"Has no capacity in this cycle, so its days do not limit {_some(keys)}.",
        )


def _some(keys: set[str]) -> str:
    ordered = sorted(keys)
    more = f" and {len(ordered) - 5} more" if len(ordered) > 5 else ""
    return ", ".join(ordered[:5]) + more
