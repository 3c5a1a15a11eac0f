"""The exact recount of a set of choices: money, team demand and overlap-aware value.

Nothing here knows a solver. Money is summed in integers, intensities and demand in decimals of
forty digits, and a value is rounded to whole minor units once, half to even.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from functools import cached_property, lru_cache

from app.portfolio.engine.measuring import Amount, Tally, addition, empty, exact_slack, plus
from app.portfolio.engine.problem import Fund, Limiting, Placement, Problem, Synergy
from app.values.carrying import carried

CONTEXT = Context(prec=40, rounding=ROUND_HALF_EVEN)
ZERO = Decimal(0)


def rounded(value: Decimal) -> int:
    """Whole minor units, half to even."""
    return int(value.to_integral_value(rounding=ROUND_HALF_EVEN))


def removed_share(total_intensity: Decimal) -> Decimal:
    """E = 1 − exp(−S); below zero when disbenefits outweigh."""
    return 1 - _exp(-total_intensity)


@lru_cache(maxsize=32768)
def _exp(exponent: Decimal) -> Decimal:
    """Kept, because an initiative's intensities come again with every start and recount."""
    return CONTEXT.exp(exponent)


@dataclass(frozen=True, slots=True)
class FundQuarter:
    """One quarter of a fund: ``left`` is unspent, of which ``moved`` goes on to the next.

    ``spend`` is the plan's own, beside what was ``committed`` already.
    """

    budget: int
    arrived: int
    committed: int
    spend: int
    left: int
    moved: int


def fund_quarters(fund: Fund, spend: Sequence[int]) -> list[FundQuarter]:
    """How the money flows from quarter to quarter, by the rule of ``app.values.carrying``."""
    taken = [bound + spent for bound, spent in zip(fund.bound, spend, strict=True)]
    flow = carried(fund.budget, taken, fund.carry_over)
    return [
        FundQuarter(budget, state.arrived, bound, spent, state.left, state.moved)
        for budget, bound, spent, state in zip(fund.budget, fund.bound, spend, flow, strict=True)
    ]


def payment(problem: Problem, rule: Limiting, sums: Tally) -> Fraction:
    """What a soft rule costs: its price times what is missed, in minor units, not rounded."""
    slack = exact_slack(problem, rule, sums)
    if rule.price is None or slack is None or slack >= 0:
        return Fraction(0)
    return Fraction(rule.price) * -slack


def as_decimal(amount: Fraction) -> Decimal:
    """The amount with forty digits."""
    return CONTEXT.divide(Decimal(amount.numerator), Decimal(amount.denominator))


@dataclass(frozen=True)
class Account:
    """What a set of choices spends, asks of teams and is worth."""

    problem: Problem
    chosen: tuple[Placement, ...]

    @cached_property
    def spend(self) -> list[list[int]]:
        """By fund and planning quarter."""
        problem = self.problem
        table = [[0] * len(problem.quarters) for _ in problem.funds]
        for placement in self.chosen:
            for flow in problem.option(placement).spend:
                for quarter, amount in problem.in_horizon(placement, flow):
                    table[flow.target][quarter] += int(amount)
        return table

    @cached_property
    def demand(self) -> list[list[Decimal]]:
        """By capacity and planning quarter."""
        problem = self.problem
        table = [[ZERO] * len(problem.quarters) for _ in problem.capacities]
        for placement in self.chosen:
            for flow in problem.option(placement).demand:
                for quarter, amount in problem.in_horizon(placement, flow):
                    table[flow.target][quarter] += amount
        return table

    @cached_property
    def overtime(self) -> list[list[Decimal]]:
        """Demand above availability, by capacity and quarter."""
        return [
            [
                asked - given if asked > given else ZERO
                for asked, given in zip(row, capacity.available, strict=True)
            ]
            for row, capacity in zip(self.demand, self.problem.capacities, strict=True)
        ]

    @cached_property
    def contributions(self) -> dict[tuple[int, int], list[tuple[int, Decimal]]]:
        """Per (pool, quarter): position in ``chosen`` and intensity of all that acts on it."""
        problem = self.problem
        found: dict[tuple[int, int], list[tuple[int, Decimal]]] = {}
        for position, placement in enumerate(self.chosen):
            last = len(problem.quarters) - placement.start
            for effect in problem.option(placement).effects:
                worth = problem.pools[effect.pool].value
                for offset, intensity in enumerate(effect.intensity[:last]):
                    quarter = placement.start + offset
                    if intensity and worth[quarter]:
                        entry = found.setdefault((effect.pool, quarter), [])
                        entry.append((position, intensity))
        return found

    @cached_property
    def pool_values(self) -> dict[tuple[int, int], Decimal]:
        """Per (pool, quarter): V · (1 − exp(−S)), unrounded."""
        with localcontext(CONTEXT):
            return {
                place: self.problem.pools[place[0]].value[place[1]]
                * removed_share(sum((share for _, share in parts), ZERO))
                for place, parts in self.contributions.items()
            }

    @cached_property
    def synergies(self) -> list[Synergy]:
        """Those earned."""
        funded = {placement.initiative for placement in self.chosen}
        return [
            rule
            for rule in self.problem.rules
            if isinstance(rule, Synergy) and funded.issuperset(rule.initiatives)
        ]

    @cached_property
    def overtime_cost(self) -> Decimal:
        """Priced overtime, unrounded; unpriced overtime is a breach and costs nothing here."""
        with localcontext(CONTEXT):
            return sum(
                (
                    hours * (capacity.overtime_price or 0)
                    for row, capacity in zip(self.overtime, self.problem.capacities, strict=True)
                    for hours in row
                    if hours
                ),
                ZERO,
            )

    @cached_property
    def tallies(self) -> tuple[Tally, ...]:
        """Per rule the sums it is measured by."""
        problem = self.problem
        sums = [empty(problem, rule) for rule in problem.rules]
        for choice in self.chosen:
            for position in problem.rules_on[choice.initiative]:
                added = addition(problem, problem.rules[position], choice)
                sums[position] = plus(sums[position], added)
        return tuple(sums)

    @cached_property
    def slacks(self) -> tuple[Amount | None, ...]:
        """Per rule what is left to its limit, below zero what is missed."""
        rules = zip(self.problem.rules, self.tallies, strict=True)
        return tuple(exact_slack(self.problem, rule, sums) for rule, sums in rules)

    @cached_property
    def payments(self) -> dict[int, Fraction]:
        """What each broken soft rule costs, by position of the rule."""
        if not self.problem.soft_rules:
            return {}
        found = {
            position: payment(self.problem, rule, self.tallies[position])
            for position, rule in self.problem.soft_rules
        }
        return {position: amount for position, amount in found.items() if amount}

    @cached_property
    def gross_value(self) -> Decimal:
        """Pools with overlap + own values + synergies − overtime, unrounded."""
        with localcontext(CONTEXT):
            own = sum(self.problem.own_value(placement) for placement in self.chosen)
            together = sum(rule.value for rule in self.synergies)
            pools = sum(self.pool_values.values(), ZERO)
            return pools + own + together - self.overtime_cost

    @cached_property
    def exact_value(self) -> Decimal:
        """What is left of it when broken soft rules are paid for, unrounded."""
        paid = as_decimal(sum(self.payments.values(), Fraction(0)))
        return CONTEXT.subtract(self.gross_value, paid)

    @cached_property
    def value(self) -> int:
        return rounded(self.exact_value)

    @cached_property
    def total_spend(self) -> int:
        return sum(sum(row) for row in self.spend)
