"""A plan being filled choice by choice, with the limits that can be watched while filling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.portfolio.engine.measuring import Amount, Tally, addition, empty, exact_slack, minus, plus
from app.portfolio.engine.problem import (
    AverageRisk,
    Bound,
    ChangeLoad,
    Count,
    Flow,
    Fund,
    Keep,
    Limiting,
    Pin,
    Placement,
    Problem,
    Requires,
    Rule,
    Share,
    SpendOn,
    Synergy,
)


class Tray:
    """Choices taken so far; ``take`` adds a bundle only if every watched limit still holds.

    Soft rules are kept like hard ones, or not at all when ``ignores_soft``. ``additions`` are what
    choices add to rules, remembered from one tray to the next.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        ignores_soft: bool = False,
        additions: dict[tuple[int, Placement], Tally] | None = None,
    ) -> None:
        self.problem = problem
        self.chosen: dict[int, Placement] = {}
        quarters = len(problem.quarters)
        self._moving = [fund.carry_over.as_integer_ratio() for fund in problem.funds]
        self.spend = [[0] * quarters for _ in problem.funds]
        self.demand = [[Decimal(0)] * quarters for _ in problem.capacities]
        self.pins: dict[int, list[Pin | Keep]] = {}
        self.needs: dict[int, list[Requires]] = {}
        self.caps: dict[int, list[int]] = {}
        self._sums: dict[int, Tally] = {}
        self._slacks: dict[int, Amount] = {}
        self._added = {} if additions is None else additions
        for position, rule in enumerate(problem.rules):
            if not isinstance(rule, Synergy) and not (ignores_soft and rule.price is not None):
                self._watch(position, rule)

    def _watch(self, position: int, rule: Limiting) -> None:
        match rule:
            case Pin() | Keep():
                for place in {rule.initiative} if isinstance(rule, Pin) else rule.initiatives:
                    self.pins.setdefault(place, []).append(rule)
            case Requires():
                self.needs.setdefault(rule.initiative, []).append(rule)
            case _ if bounds_above(rule):
                self._sums[position] = empty(self.problem, rule)
                self._slacks[position] = self._slack(rule, self._sums[position])
                whole = isinstance(rule, Share) and rule.of == "spend"
                everybody = range(len(self.problem.initiatives))
                for place in everybody if whole else rule.initiatives:
                    self.caps.setdefault(place, []).append(position)

    def is_worth_trying(self, placements: Sequence[Placement]) -> bool:
        """Whether the rules leave any of the placements."""
        return any(self._is_pinned_right(placement) for placement in placements)

    def has_room(self, rule: Rule) -> bool:
        """Whether the rule, a floor, is met by what is chosen."""
        places = set() if isinstance(rule, Pin | Requires | Synergy) else set(rule.initiatives)
        sums = empty(self.problem, rule)
        for placement in self.chosen.values():
            if placement.initiative in places:
                sums = plus(sums, addition(self.problem, rule, placement))
        slack = exact_slack(self.problem, rule, sums)
        return slack is None or slack >= 0

    def take(self, bundle: Sequence[int], placements: Mapping[int, Sequence[Placement]]) -> bool:
        """Add every member in its first placement that fits; all of them or none."""
        added: list[Placement] = []
        for place in bundle:
            if place in self.chosen:
                continue
            choice = next((p for p in placements[place] if self._fits(p)), None)
            if choice is None:
                for placement in added:
                    self._put(placement, -1)
                return False
            self._put(choice, 1)
            added.append(choice)
        return True

    def _put(self, placement: Placement, sign: int) -> None:
        option = self.problem.option(placement)
        for flow in option.spend:
            for quarter, amount in self.problem.in_horizon(placement, flow):
                self.spend[flow.target][quarter] += sign * int(amount)
        for flow in option.demand:
            for quarter, amount in self.problem.in_horizon(placement, flow):
                self.demand[flow.target][quarter] += sign * amount
        change = plus if sign > 0 else minus
        for position in self.caps.get(placement.initiative, ()):
            sums = change(self._sums[position], self._addition(position, placement))
            self._sums[position] = sums
            self._slacks[position] = self._slack(self.problem.rules[position], sums)
        if sign > 0:
            self.chosen[placement.initiative] = placement
        else:
            del self.chosen[placement.initiative]

    def _addition(self, position: int, placement: Placement) -> Tally:
        if (position, placement) not in self._added:
            rule = self.problem.rules[position]
            self._added[position, placement] = addition(self.problem, rule, placement)
        return self._added[position, placement]

    def _fits(self, placement: Placement) -> bool:
        option = self.problem.option(placement)
        return (
            self._is_pinned_right(placement)
            and self._keeps_order(placement)
            and all(self._keeps_budget(placement, flow) for flow in option.spend)
            and all(self._keeps_capacity(placement, flow) for flow in option.demand)
            and self._keeps_below(placement)
        )

    def _is_pinned_right(self, placement: Placement) -> bool:
        return all(
            pin.allows(placement)
            if isinstance(pin, Keep)
            else pin.allows(placement.option, placement.start)
            for pin in self.pins.get(placement.initiative, ())
        )

    def _keeps_order(self, placement: Placement) -> bool:
        for rule in self.needs.get(placement.initiative, ()):
            earlier = self.chosen.get(rule.needs)
            if earlier is None or placement.start < earlier.start + rule.lag:
                return False
        return True

    def _slack(self, rule: Rule, sums: Tally) -> Amount:
        slack = exact_slack(self.problem, rule, sums)
        return 0 if slack is None else slack

    def _keeps_below(self, placement: Placement) -> bool:
        """Whether no rule with an upper limit is missed, or missed by more, with the choice."""
        for position in self.caps.get(placement.initiative, ()):
            rule, sums = self.problem.rules[position], self._sums[position]
            added = self._addition(position, placement)
            if isinstance(rule, ChangeLoad):
                if any(
                    more and most + more > rule.count
                    for most, more in zip(sums, added, strict=True)
                ):
                    return False
            elif self._slack(rule, plus(sums, added)) < min(0, self._slacks[position]):
                return False
        return True

    def _keeps_budget(self, placement: Placement, flow: Flow) -> bool:
        fund, row = self.problem.funds[flow.target], self.spend[flow.target]
        added = self.problem.in_horizon(placement, flow)
        if not fund.carry_over:
            free = fund.free
            return all(row[quarter] + amount <= free[quarter] for quarter, amount in added)
        total = list(row)
        for quarter, amount in added:
            total[quarter] += int(amount)
        return _is_enough(fund, total, self._moving[flow.target])

    def _keeps_capacity(self, placement: Placement, flow: Flow) -> bool:
        capacity, row = self.problem.capacities[flow.target], self.demand[flow.target]
        return capacity.overtime_price is not None or all(
            row[quarter] + amount <= capacity.available[quarter]
            for quarter, amount in self.problem.in_horizon(placement, flow)
        )


def _is_enough(fund: Fund, spend: Sequence[int], moving: tuple[int, int]) -> bool:
    """Whether no quarter is overspent: the rule of ``app.values.carrying`` in whole numbers, many
    times as fast."""
    share, whole = moving
    arrived = 0
    for budget, bound, spent in zip(fund.budget, fund.bound, spend, strict=True):
        money = budget + arrived
        left = money - bound - spent
        if left < 0:
            return False
        arrived = min(left, share * money // whole)
    return True


def bounds_above(rule: Rule) -> bool:
    """Whether one more choice can break the rule by being too much."""
    if isinstance(rule, AverageRisk | ChangeLoad):
        return True
    return isinstance(rule, Count | Share | SpendOn) and rule.bound is Bound.AT_MOST


def is_floor(rule: Rule) -> bool:
    """Whether the rule asks for more money on some initiatives than nothing."""
    return isinstance(rule, Share | SpendOn) and rule.bound is Bound.AT_LEAST
