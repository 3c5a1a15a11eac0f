"""How far a rule is from its limit: what each choice adds, and the slack that leaves.

Every rule is measured by a few sums over the choices, so that one more or one less can be counted
without counting the others again. Amounts are integers and fractions: nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from app.portfolio.engine.problem import (
    AverageRisk,
    Bound,
    ChangeLoad,
    Count,
    Keep,
    Pin,
    Placement,
    Problem,
    Requires,
    Rule,
    Share,
    SpendOn,
    Synergy,
    Together,
)

Amount = int | Fraction
Tally = tuple[Amount, ...]
"""The sums a rule is measured by."""


def addition(problem: Problem, rule: Rule, choice: Placement) -> Tally:
    """What one choice, of an initiative the rule is about, adds to the rule's sums."""
    match rule:
        case Requires():
            return _order(problem, rule, choice)
        case Pin(kind="exclude"):
            return (1,)
        case Pin():
            return (int(rule.allows(choice.option, choice.start)),)
        case Share():
            spend = problem.spend(choice)
            tagged = problem.initiatives[choice.initiative].carries(*rule.tag)
            return (spend if tagged else 0, spend)
        case SpendOn():
            return (problem.spend(choice),)
        case AverageRisk():
            weight = problem.spend(choice) if rule.by == "spend" else 1
            return (weight * (Fraction(problem.option(choice).risk) - Fraction(rule.at_most)),)
        case ChangeLoad():
            return _live(problem, rule, choice)
        case Keep():
            return (int(rule.allows(choice)),)
    return (1,)


def empty(problem: Problem, rule: Rule) -> Tally:
    """The sums over no choice at all."""
    match rule:
        case Requires():
            return (0, 0, 0)
        case Share():
            return (0, 0)
        case ChangeLoad():
            return (0,) * len(problem.quarters)
    return (0,)


def plus(one: Tally, other: Tally) -> Tally:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def minus(one: Tally, other: Tally) -> Tally:
    return tuple(a - b for a, b in zip(one, other, strict=True))


def exact_slack(problem: Problem, rule: Rule, sums: Tally) -> Amount | None:
    """What is left to the limit in the rule's unit, below zero what is missed.

    None where there is nothing to measure. Units: docs/model.md, B4.
    """
    first = sums[0]
    match rule:
        case Requires():
            begun, mine, theirs = sums
            return theirs - mine if begun else None
        case Together():
            return first - len(rule.initiatives) if first else 0
        case Count():
            return rule.count - first if rule.bound is Bound.AT_MOST else first - rule.count
        case Pin(kind="exclude"):
            return -first
        case Pin():
            return first - 1
        case Share():
            base = problem.budget_total if rule.of == "budget" else sums[1]
            return _side(rule.bound, first, Fraction(rule.share) * base)
        case SpendOn():
            return _side(rule.bound, first, rule.limit)
        case AverageRisk():
            return -first
        case ChangeLoad():
            return _load_slack(rule.count, sums)
        case Keep():
            return first - len(rule.held)
        case Synergy():
            return None
    raise TypeError(f"{type(rule).__name__} is no rule.")


def shown_slack(rule: Rule, slack: Amount | None) -> int | float | None:
    """The slack as it is told: money in whole minor units, rounded down; risk as a decimal."""
    if slack is None or isinstance(slack, int):
        return slack
    if isinstance(rule, AverageRisk) and slack.denominator != 1:
        return float(slack)
    return floor(slack)


def _side(bound: Bound, amount: Amount, limit: Amount) -> Amount:
    return limit - amount if bound is Bound.AT_MOST else amount - limit


def _order(problem: Problem, rule: Requires, choice: Placement) -> Tally:
    """Whether the dependent is funded; the quarters it runs; those in which it may."""
    horizon = len(problem.quarters)
    if choice.initiative == rule.initiative:
        return (1, horizon - choice.start, 0)
    return (0, 0, horizon - min(horizon, choice.start + rule.lag))


def _live(problem: Problem, rule: ChangeLoad, choice: Placement) -> Tally:
    option = problem.option(choice)
    count = len(problem.quarters)
    if rule.capacity is not None and all(f.target != rule.capacity for f in option.demand):
        return (0,) * count
    during = min(option.live, count - choice.start)
    return (0,) * choice.start + (1,) * during + (0,) * (count - choice.start - during)


def _load_slack(most: int, live: Sequence[Amount]) -> Amount:
    """The room of the fullest quarter, or all that is above the limit in any."""
    above = sum(max(0, count - most) for count in live)
    return -above if above else most - max(live)
