"""A plan being filled choice by choice, with the limits that can be watched while filling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from app.portfolio.engine.counting import fund_quarters
from app.portfolio.engine.problem import (
    Bound,
    Count,
    Flow,
    Pin,
    Placement,
    Problem,
    Requires,
    Share,
)


class Tray:
    """Choices taken so far; ``take`` adds a bundle only if every watched limit still holds."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.chosen: dict[int, Placement] = {}
        quarters = len(problem.quarters)
        self.spend = [[0] * quarters for _ in problem.funds]
        self.demand = [[Decimal(0)] * quarters for _ in problem.capacities]
        self.pins: dict[int, list[Pin]] = {}
        self.caps: dict[int, list[Count]] = {}
        self.needs: dict[int, list[Requires]] = {}
        self.shares: dict[int, list[tuple[Share, int]]] = {}
        self.tagged: dict[str, int] = {}
        self._spend: dict[Placement, int] = {}
        self._index_rules()

    def _index_rules(self) -> None:
        for rule in self.problem.rules:
            match rule:
                case Pin():
                    self.pins.setdefault(rule.initiative, []).append(rule)
                case Count(bound=Bound.AT_MOST):
                    for place in rule.initiatives:
                        self.caps.setdefault(place, []).append(rule)
                case Requires():
                    self.needs.setdefault(rule.initiative, []).append(rule)
                case Share(bound=Bound.AT_MOST, of="budget"):
                    limit = int(Fraction(rule.share) * self.problem.budget_total)
                    for place in rule.initiatives:
                        self.shares.setdefault(place, []).append((rule, limit))

    def is_worth_trying(self, placements: Sequence[Placement]) -> bool:
        """Whether the rules leave any of the placements."""
        return any(self._is_pinned_right(placement) for placement in placements)

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
        for rule, _ in self.shares.get(placement.initiative, ()):
            taken = self.tagged.get(rule.key, 0)
            self.tagged[rule.key] = taken + sign * self._spend_of(placement)
        if sign > 0:
            self.chosen[placement.initiative] = placement
        else:
            del self.chosen[placement.initiative]

    def _fits(self, placement: Placement) -> bool:
        option = self.problem.option(placement)
        return (
            self._is_pinned_right(placement)
            and self._keeps_order(placement)
            and self._keeps_counts(placement)
            and self._keeps_shares(placement)
            and all(self._keeps_budget(placement, flow) for flow in option.spend)
            and all(self._keeps_capacity(placement, flow) for flow in option.demand)
        )

    def _is_pinned_right(self, placement: Placement) -> bool:
        pins = self.pins.get(placement.initiative, ())
        return all(pin.allows(placement.option, placement.start) for pin in pins)

    def _keeps_order(self, placement: Placement) -> bool:
        for rule in self.needs.get(placement.initiative, ()):
            earlier = self.chosen.get(rule.needs)
            if earlier is None or placement.start < earlier.start + rule.lag:
                return False
        return True

    def _keeps_counts(self, placement: Placement) -> bool:
        return all(
            sum(place in self.chosen for place in rule.initiatives) < rule.count
            for rule in self.caps.get(placement.initiative, ())
        )

    def _keeps_shares(self, placement: Placement) -> bool:
        return all(
            self.tagged.get(rule.key, 0) + self._spend_of(placement) <= limit
            for rule, limit in self.shares.get(placement.initiative, ())
        )

    def _spend_of(self, placement: Placement) -> int:
        if placement not in self._spend:
            self._spend[placement] = self.problem.spend(placement)
        return self._spend[placement]

    def _keeps_budget(self, placement: Placement, flow: Flow) -> bool:
        fund, row = self.problem.funds[flow.target], self.spend[flow.target]
        added = self.problem.in_horizon(placement, flow)
        if not fund.carry_over:
            free = fund.free
            return all(row[quarter] + amount <= free[quarter] for quarter, amount in added)
        total = list(row)
        for quarter, amount in added:
            total[quarter] += int(amount)
        return all(state.left >= 0 for state in fund_quarters(fund, total))

    def _keeps_capacity(self, placement: Placement, flow: Flow) -> bool:
        capacity, row = self.problem.capacities[flow.target], self.demand[flow.target]
        return capacity.overtime_price is not None or all(
            row[quarter] + amount <= capacity.available[quarter]
            for quarter, amount in self.problem.in_horizon(placement, flow)
        )
