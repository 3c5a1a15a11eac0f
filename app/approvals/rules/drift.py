"""What an approval rests on, as it was frozen and as it is now, input by input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from enum import Enum
from typing import Any

from app.approvals.rules.frozen import FrozenItem, FrozenProposal
from app.approvals.rules.remaining import Worth
from app.journeys.rules import Lever, discounted_pool_minor
from app.portfolio.engine import parse_problem
from app.portfolio.engine.counting import Account
from app.portfolio.engine.crediting import credits
from app.portfolio.engine.parsing import parse_known
from app.portfolio.engine.problem import Problem, Synergy
from app.portfolio.rules.building import build_problem
from app.portfolio.rules.demands import DemandKind
from app.portfolio.rules.facts import (
    CandidateFacts,
    DemandFacts,
    OptionFacts,
    PoolFacts,
    ProblemFacts,
)
from app.values.quarter import Quarter, QuarterSpan


class Part(Enum):
    """What kind of input moved; pages link each kind to where it is kept."""

    VALUE = "Value"
    SPEND = "Spend"
    DEMAND = "Team days"
    EFFECT = "Effects"
    BUDGET = "Budget"
    POOL = "Pool"
    RATE = "Rate"
    RULE = "Rule"


@dataclass(frozen=True, slots=True)
class Moved:
    """One input that is not as it was: minor units, decimals or words; None where there is none.

    ``subject`` is the key of an initiative, a fund or a pool, or of a rule.
    """

    part: Part
    subject: str
    what: str
    then: int | Decimal | str | None
    now: int | Decimal | str | None


@dataclass(frozen=True, slots=True)
class PoolNow:
    """A pool as Finance has it today; ``counts`` when it is certified in the cycle's currency."""

    lever: Lever
    annual_minor: int
    churn: Decimal | None
    counts: bool


@dataclass(frozen=True)
class Today:
    """Today's inputs of a frozen proposal: options by initiative key, budgets by fund key.

    ``rules`` are the sentences and reasons of the scenario by key, None if it was not changed.
    """

    options: Mapping[str, OptionFacts]
    budgets: Mapping[str, Mapping[Quarter, int]]
    carry_over: Mapping[str, Decimal]
    pools: Mapping[str, PoolNow]
    rules: Mapping[str, str] | None
    discount_rate: Decimal
    hurdle_rate: Decimal
    release_confidence: Decimal


@dataclass(frozen=True, slots=True)
class Drift:
    """All that moved, and the value of the same choices then and by what counts now."""

    moved: tuple[Moved, ...]
    value_then: int
    value_now: int


def drift_between(frozen: FrozenProposal, worth: Mapping[str, Worth], today: Today) -> Drift:
    """Compare input by input; ``worth`` are the frozen values of the items that count.

    Today's values are those of the same choices by today's effects, pools and discount rate; what
    earlier decisions had taken of each pool is left as it was frozen.
    """
    kept = [item for item in frozen.items if item.key in worth]
    problem = parse_known(frozen.problem)
    values = _values_now(frozen, problem, kept, today)
    moved = (
        *_values(kept, worth, values),
        *_items(problem, kept, today),
        *_budgets(frozen, today),
        *_pools(frozen, today),
        *_rates(frozen, today),
        *_rules(frozen, today),
    )
    then = sum(worth[item.key].allocated for item in kept)
    return Drift(moved, then, sum(values.values()))


def _values(
    kept: Sequence[FrozenItem], worth: Mapping[str, Worth], values: Mapping[str, int]
) -> Iterator[Moved]:
    for item in kept:
        now = values.get(item.key)
        if now != worth[item.key].allocated:
            yield Moved(Part.VALUE, item.key, "allocated value", worth[item.key].allocated, now)


def _items(problem: Problem, kept: Sequence[FrozenItem], today: Today) -> Iterator[Moved]:
    for item in kept:
        option = today.options.get(item.key)
        if option is None:
            yield Moved(Part.SPEND, item.key, f"option {item.option_name}", "as approved", None)
            continue
        yield from _spend(item, option)
        yield from _demand(problem, item, option)
        minutes = (item.effort_minutes, option.effort_minutes)
        if minutes[0] != minutes[1]:
            yield Moved(Part.EFFECT, item.key, "customer minutes a year", *map(Decimal, minutes))


def _spend(item: FrozenItem, option: OptionFacts) -> Iterator[Moved]:
    start = Quarter.parse(item.start)
    then = {(one.fund, Quarter.parse(one.quarter)): one.amount_minor for one in item.spend}
    now = {
        (fund, start + offset): minor
        for fund, flow in option.spend.items()
        for offset, minor in flow.items()
        if minor
    }
    for cell in sorted(then.keys() | now.keys()):
        if then.get(cell, 0) != now.get(cell, 0):
            what = f"{cell[0]} in {cell[1]}"
            yield Moved(Part.SPEND, item.key, what, then.get(cell, 0), now.get(cell, 0))


def _demand(problem: Problem, item: FrozenItem, option: OptionFacts) -> Iterator[Moved]:
    """Days of teams the cycle plans with; others were never in the problem."""
    teams = [one.key for one in problem.capacities]
    initiative = next(one for one in problem.initiatives if one.key == item.key)
    chosen = next(one for one in initiative.options if one.key == item.option_key)
    then = {teams[flow.target]: Decimal(sum(flow.amounts)) for flow in chosen.demand}
    for team in teams:
        now = sum(option.demand.get(team, {}).values(), Decimal(0))
        if then.get(team, Decimal(0)) != now:
            yield Moved(Part.DEMAND, item.key, f"days of {team}", then.get(team, Decimal(0)), now)


def _budgets(frozen: FrozenProposal, today: Today) -> Iterator[Moved]:
    first = Quarter.parse(frozen.cycle.first_quarter)
    for fund in frozen.funds:
        budget = today.budgets.get(fund.key)
        if budget is None:
            yield Moved(Part.BUDGET, fund.key, f"fund {fund.name}", "in the cycle", None)
            continue
        for place, then in enumerate(fund.budget):
            now = budget.get(first + place, 0)
            if now != then:
                yield Moved(Part.BUDGET, fund.key, f"{fund.name} in {first + place}", then, now)
        carried = today.carry_over[fund.key]
        if carried != fund.carry_over:
            what = f"{fund.name}, share carried over"
            yield Moved(Part.BUDGET, fund.key, what, _percent(fund.carry_over), _percent(carried))


def _pools(frozen: FrozenProposal, today: Today) -> Iterator[Moved]:
    for line in frozen.inputs.get("pools", ()):
        now = today.pools.get(line["key"])
        counts_now = now is not None and now.counts
        if not counts_now:
            yield Moved(Part.POOL, line["key"], "certified", "certified", None)
        elif now is not None and now.annual_minor != line["annual_value_minor"]:
            yield Moved(
                Part.POOL, line["key"], "value a year", line["annual_value_minor"], now.annual_minor
            )


def _rates(frozen: FrozenProposal, today: Today) -> Iterator[Moved]:
    for name in ("discount_rate", "hurdle_rate", "release_confidence"):
        then, now = getattr(frozen.cycle, name), getattr(today, name)
        if then != now:
            yield Moved(Part.RATE, "", name.replace("_", " "), _percent(then), _percent(now))


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def _rules(frozen: FrozenProposal, today: Today) -> Iterator[Moved]:
    """Rules and pins of the scenario; bonds between initiatives are the initiatives' own."""
    if today.rules is None:
        return
    then = {one.key: one.sentence for one in frozen.scenario.demands if not _is_bond(one.key)}
    for key in sorted(then.keys() | today.rules.keys()):
        if then.get(key) != today.rules.get(key):
            what = "forced choice" if key.startswith("pin:") else "rule"
            yield Moved(Part.RULE, key, what, then.get(key), today.rules.get(key))


def _is_bond(key: str) -> bool:
    return key.startswith(("needs:", "either:"))


def _values_now(
    frozen: FrozenProposal, problem: Problem, kept: Sequence[FrozenItem], today: Today
) -> dict[str, int]:
    """Allocated values of the same choices, by key, as `drift_between` says."""
    known = [item for item in kept if item.key in today.options]
    if not known:
        return {}
    facts = _facts(frozen, problem, known, today)
    now = parse_problem(build_problem(facts).document)
    account = Account(now, now.placements)
    return {
        now.initiatives[placement.initiative].key: credit.allocated
        for placement, credit in zip(now.placements, credits(account), strict=True)
    }


def _facts(
    frozen: FrozenProposal, problem: Problem, known: Sequence[FrozenItem], today: Today
) -> ProblemFacts:
    """A problem that holds the choices alone, each at the start that was approved."""
    first = Quarter.parse(frozen.cycle.first_quarter)
    span = QuarterSpan(first, frozen.cycle.quarter_count)
    keys = frozenset(item.key for item in known)
    return ProblemFacts(
        currency=frozen.cycle.currency,
        quarters=span,
        discount_rate=today.discount_rate,
        funds=(),
        teams=(),
        pools=tuple(_pool(line, frozen, problem, today) for line in frozen.inputs.get("pools", ())),
        candidates=tuple(_candidate(item, frozen, today) for item in known),
        committed=(),
        delivered=(),
        bound=(),
        pins=(),
        demands=tuple(_synergies(problem, keys)),
    )


def _candidate(item: FrozenItem, frozen: FrozenProposal, today: Today) -> CandidateFacts:
    start = Quarter.parse(item.start) - Quarter.parse(frozen.cycle.first_quarter)
    option = replace(today.options[item.key], earliest=start, latest=start, spend={}, demand={})
    currency = frozen.cycle.currency
    return CandidateFacts(item.key, item.title, currency, {}, (option,), (), ())


def _synergies(problem: Problem, keys: frozenset[str]) -> Iterator[DemandFacts]:
    """Those frozen between items that all count."""
    for rule in problem.rules:
        if isinstance(rule, Synergy):
            members = [problem.initiatives[place].key for place in rule.initiatives]
            if set(members) <= keys:
                parameters = {"initiatives": members, "value": rule.value}
                yield DemandFacts(rule.key, DemandKind.SYNERGY, parameters, "")


def _pool(
    line: Mapping[str, Any], frozen: FrozenProposal, problem: Problem, today: Today
) -> PoolFacts:
    """What is left of a pool: as frozen, in the proportion its own worth has changed since."""
    key = line["key"]
    now = today.pools.get(key)
    left = next((pool.value for pool in problem.pools if pool.key == key), ())
    if now is None or not now.counts or not left:
        return PoolFacts(key, "Not certified by Finance", (), 0)
    own_then = _discounted(now, line["annual_value_minor"], frozen, frozen.cycle.discount_rate)
    own_now = _discounted(now, now.annual_minor, frozen, today.discount_rate)
    value = tuple(
        part if before == after else _proportional(part, after, before)
        for part, before, after in zip(left, own_then, own_now, strict=True)
    )
    return PoolFacts(key, None, value, 0)


def _discounted(
    pool: PoolNow, annual_minor: int, frozen: FrozenProposal, rate: Decimal
) -> tuple[int, ...]:
    quarters = frozen.cycle.quarter_count
    return discounted_pool_minor(
        pool.lever, annual_minor, churn=pool.churn, quarters=quarters, discount_rate=rate
    )


def _proportional(part: int, after: int, before: int) -> int:
    if not before:
        return after
    exact = Decimal(part) * after / before
    return int(exact.to_integral_value(rounding=ROUND_HALF_EVEN))
