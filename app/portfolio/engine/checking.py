"""Every limit and rule against a set of choices, in exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from app.portfolio.engine.counting import Account, fund_quarters
from app.portfolio.engine.problem import (
    Bound,
    Count,
    Pin,
    Placement,
    Problem,
    Requires,
    Rule,
    Share,
    Synergy,
    Together,
)


@dataclass(frozen=True, slots=True)
class RuleState:
    """How far a rule is from its limit, in its own unit.

    ``slack`` counts initiatives (counts, together, pins), quarters (requires) or minor units
    (share); below zero it is broken; None where nothing can be measured. ``binding`` is no slack.
    """

    key: str
    type: str
    slack: int | None
    binding: bool


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that does not hold; ``cover`` are choices that can never all stand together."""

    owner: str
    text: str
    cover: tuple[Placement, ...]


def rule_type(rule: Rule) -> str:
    """The rule's type as the problem file writes it."""
    match rule:
        case Requires():
            return "requires"
        case Together():
            return "together"
        case Count(bound=bound):
            return bound.value
        case Pin(kind=kind):
            return kind
        case Share():
            return "share"
        case Synergy():
            return "synergy"
    raise TypeError(f"{type(rule).__name__} is no rule.")


def rule_states(account: Account) -> list[RuleState]:
    """One state per rule, in the problem's order."""
    by_initiative = {placement.initiative: placement for placement in account.chosen}
    found = []
    for rule in account.problem.rules:
        slack = _slack(rule, account, by_initiative)
        found.append(RuleState(rule.key, rule_type(rule), slack, slack is not None and slack <= 0))
    return found


def breaches(account: Account) -> list[Breach]:
    """Everything a set of choices breaks; empty for a plan that may be shown."""
    found = list(_impossible_choices(account))
    if found:
        return found
    found.extend(_budget_breaches(account))
    found.extend(_capacity_breaches(account))
    for state in rule_states(account):
        if state.slack is not None and state.slack < 0:
            text = f"rule {state.key} ({state.type}) is missed by {-state.slack:,}"
            found.append(Breach(f"rule:{state.key}", text, ()))
    return found


def _slack(rule: Rule, account: Account, placed: Mapping[int, Placement]) -> int | None:
    match rule:
        case Requires():
            if rule.initiative not in placed:
                return None
            if rule.needs not in placed:
                return -len(account.problem.quarters)
            return placed[rule.initiative].start - placed[rule.needs].start - rule.lag
        case Together():
            funded = sum(place in placed for place in rule.initiatives)
            return 0 if funded in (0, len(rule.initiatives)) else funded - len(rule.initiatives)
        case Count():
            funded = sum(place in placed for place in rule.initiatives)
            return rule.count - funded if rule.bound is Bound.AT_MOST else funded - rule.count
        case Pin(kind="exclude"):
            return -1 if rule.initiative in placed else 0
        case Pin():
            choice = placed.get(rule.initiative)
            return 0 if choice and rule.allows(choice.option, choice.start) else -1
        case Share():
            return _share_slack(rule, account)
    return None


def _share_slack(rule: Share, account: Account) -> int:
    problem = account.problem
    members = set(rule.initiatives)
    tagged = sum(problem.spend(p) for p in account.chosen if p.initiative in members)
    base = problem.budget_total if rule.of == "budget" else account.total_spend
    limit = Fraction(rule.share) * base
    return floor(limit - tagged if rule.bound is Bound.AT_MOST else tagged - limit)


def _impossible_choices(account: Account) -> Iterator[Breach]:
    problem, seen = account.problem, set()
    for placement in account.chosen:
        name = problem.initiatives[placement.initiative].key
        if placement.initiative in seen:
            yield Breach("choice", f"{name} is chosen twice", ())
        seen.add(placement.initiative)
        if placement.start not in problem.option(placement).starts:
            yield Breach("choice", f"{name} cannot start then", ())


def _budget_breaches(account: Account) -> Iterator[Breach]:
    problem = account.problem
    for place, fund in enumerate(problem.funds):
        for quarter, state in enumerate(fund_quarters(fund, account.spend[place])):
            if state.left < 0:
                text = f"{fund.key} is overspent by {-state.left:,} in {problem.quarters[quarter]}"
                cover = _minimal_cover(problem, account.chosen, place, quarter)
                yield Breach(f"fund:{fund.key}:{quarter}", text, cover)


def _minimal_cover(
    problem: Problem, chosen: tuple[Placement, ...], fund: int, last: int
) -> tuple[Placement, ...]:
    """The fewest choices found that already overspend the fund by quarter ``last``.

    Spend is never negative, so whatever contains them overspends too.
    """
    series: dict[Placement, list[int]] = {}
    for placement in chosen:
        row = [0] * len(problem.quarters)
        for flow in problem.option(placement).spend:
            if flow.target == fund:
                for quarter, amount in problem.in_horizon(placement, flow):
                    row[quarter] += int(amount)
        if any(row[: last + 1]):
            series[placement] = row
    kept = sorted(series, key=lambda placement: sum(series[placement]))
    for placement in tuple(kept):
        rest = [other for other in kept if other != placement]
        total = [sum(series[p][q] for p in rest) for q in range(len(problem.quarters))]
        if any(state.left < 0 for state in fund_quarters(problem.funds[fund], total)[: last + 1]):
            kept = rest
    return tuple(kept)


def _capacity_breaches(account: Account) -> Iterator[Breach]:
    problem = account.problem
    for place, capacity in enumerate(problem.capacities):
        if capacity.overtime_price is not None:
            continue
        for quarter, missing in enumerate(account.overtime[place]):
            if missing > 0:
                when = problem.quarters[quarter]
                text = f"{capacity.key} lacks {missing} {capacity.unit or 'units'} in {when}"
                cover = tuple(
                    placement
                    for placement in account.chosen
                    for flow in problem.option(placement).demand
                    if flow.target == place and quarter in dict(problem.in_horizon(placement, flow))
                )
                yield Breach(f"capacity:{capacity.key}:{quarter}", text, cover)
