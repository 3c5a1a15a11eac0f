"""Three values per funded initiative: standalone, allocated and marginal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from app.portfolio.engine.counting import (
    CONTEXT,
    ZERO,
    Account,
    as_decimal,
    payment,
    removed_share,
    rounded,
)
from app.portfolio.engine.measuring import addition, minus
from app.portfolio.engine.problem import Placement, Problem, Synergy
from app.values.money import rounded_parts


@dataclass(frozen=True, slots=True)
class Credit:
    """Minor units: as if alone · share of the plan (they add up) · what the plan loses without."""

    standalone: int
    allocated: int
    marginal: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a plan's value comes about, in whole minor units: Σ allocated − Σ paid = value.

    ``credits`` are in the order of the choices. ``paid`` for broken soft rules, by position of the
    rule, is a figure of its own: no initiative carries it.
    """

    credits: tuple[Credit, ...]
    paid: dict[int, int]


def settle(account: Account) -> Settlement:
    """The account's value laid out over its choices and the soft rules it breaks."""
    with localcontext(CONTEXT):
        gained = _allocated(account)
        due = [-as_decimal(amount) for amount in account.payments.values()]
        whole = rounded_parts([*gained, *due], account.value)
        lost = _lost_without(account)
    found = tuple(
        Credit(standalone_value(account.problem, placement), whole[k], lost[k])
        for k, placement in enumerate(account.chosen)
    )
    owed = whole[len(gained) :]
    return Settlement(
        found,
        {rule: -amount for rule, amount in zip(account.payments, owed, strict=True)},
    )


def credits(account: Account) -> list[Credit]:
    """One credit per choice, in the order of ``account.chosen``.

    Σ allocated is the account's value and what it pays for broken soft rules.
    """
    return list(settle(account).credits)


def standalone_value(problem: Problem, placement: Placement) -> int:
    """Value of the plan that holds nothing else, whatever rules say about it."""
    return rounded(Account(problem, (placement,)).gross_value)


def _allocated(account: Account) -> list[Decimal]:
    """Own value + log-shares of the pools + equal shares of synergies − overtime by demand.

    Log-share of a pool quarter: V·E·a_i/S, whose limit at S = 0 is V·a_i.
    """
    problem = account.problem
    shares = [Decimal(problem.own_value(placement)) for placement in account.chosen]
    for place, parts in account.contributions.items():
        total = sum((part for _, part in parts), ZERO)
        worth = problem.pools[place[0]].value[place[1]]
        factor = account.pool_values[place] / total if total else Decimal(worth)
        for k, part in parts:
            shares[k] += factor * part
    position = {placement.initiative: k for k, placement in enumerate(account.chosen)}
    for rule in account.synergies:
        for member in rule.initiatives:
            shares[position[member]] += Decimal(rule.value) / len(rule.initiatives)
    for k, cost in enumerate(_overtime_shares(account)):
        shares[k] -= cost
    return shares


def _overtime_shares(account: Account) -> list[Decimal]:
    problem = account.problem
    shares = [ZERO] * len(account.chosen)
    if not account.overtime_cost:
        return shares
    for k, placement in enumerate(account.chosen):
        for flow in problem.option(placement).demand:
            price = problem.capacities[flow.target].overtime_price or 0
            for quarter, amount in problem.in_horizon(placement, flow):
                hours = account.overtime[flow.target][quarter]
                shares[k] += hours * price * amount / account.demand[flow.target][quarter]
    return shares


def _lost_without(account: Account) -> list[int]:
    """Plan value minus the exact value of the same plan without each choice."""
    problem = account.problem
    lost = [Decimal(problem.own_value(placement)) for placement in account.chosen]
    for place, parts in account.contributions.items():
        total = sum((part for _, part in parts), ZERO)
        worth = problem.pools[place[0]].value[place[1]]
        for k, part in parts:
            without = worth * removed_share(total - part) if len(parts) > 1 else ZERO
            lost[k] += account.pool_values[place] - without
    for rule in account.synergies:
        for k, placement in enumerate(account.chosen):
            if placement.initiative in rule.initiatives:
                lost[k] += rule.value
    for k, placement in enumerate(account.chosen):
        lost[k] -= _overtime_saved(account, placement) + _paid_less(account, placement)
    return [account.value - rounded(account.exact_value - part) for part in lost]


def _paid_less(account: Account, placement: Placement) -> Decimal:
    """What soft rules cost less without the choice; below zero when it keeps them from more."""
    problem, saved = account.problem, Fraction(0)
    if not problem.soft_rules:
        return ZERO
    for position in problem.rules_on[placement.initiative]:
        rule = problem.rules[position]
        if not isinstance(rule, Synergy) and rule.price is not None:
            rest = minus(account.tallies[position], addition(problem, rule, placement))
            saved += account.payments.get(position, 0) - payment(problem, rule, rest)
    return as_decimal(saved)


def _overtime_saved(account: Account, placement: Placement) -> Decimal:
    problem, saved = account.problem, ZERO
    for flow in problem.option(placement).demand:
        price = problem.capacities[flow.target].overtime_price or 0
        for quarter, amount in problem.in_horizon(placement, flow):
            saved += price * min(amount, account.overtime[flow.target][quarter])
    return saved
