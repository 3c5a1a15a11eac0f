"""Rows that remember their owner and limit, and what becomes of the limits under other budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from app.portfolio.engine.milp import families
from app.portfolio.engine.milp.model import Model, Number, Terms
from app.portfolio.engine.problem import Fund, Placement, Problem, Share


class RecordingModel(Model):
    """A model that remembers who owns a row, which rule it is of, hard or soft, and what limits
    it, to be changed later."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.owners: list[str | None] = []
        self.rules: list[str | None] = []
        self.limits: list[tuple[Terms, int, Number]] = []
        super().__init__(*arguments, **options)

    def row(self, terms: Terms, sense: int, limit: Number, **options: Any) -> None:
        super().row(terms, sense, limit, **options)
        self.owners.append(options.get("owner"))
        self.rules.append(options.get("owner") or options.get("soft"))
        self.limits.append((terms, sense, limit))


class BudgetLimits:
    """The limits that depend on budgets: those of the funds' rows, and of shares of all budgets.

    The funds' rows are written again for no more initiatives than it takes to scale them alike.
    """

    def __init__(self, model: RecordingModel) -> None:
        problem = model.problem
        largest = _largest_spends(problem, model.positions)
        self._few = replace(
            problem, initiatives=tuple(problem.initiatives[p.initiative] for p in largest), rules=()
        )
        few = [Placement(place, p.option, p.start) for place, p in enumerate(largest)]
        self._positions = [self._few.position_of[placement] for placement in few]
        self._first = len(model.y)  # behind the rows that place every initiative once
        self._shares = _share_rows(model)
        before = self.under(problem.funds)
        if any(model.limits[row][2] != limit for row, limit in before.items()):
            raise RuntimeError("The rows of the budgets are not where they are expected.")

    def under(self, funds: tuple[Fund, ...]) -> dict[int, Number]:
        """The limit of every such row with these funds instead."""
        written = RecordingModel(replace(self._few, funds=funds), self._positions, {})
        families.add_budgets(written)
        found = {self._first + row: limit for row, (_, _, limit) in enumerate(written.limits)}
        total = sum(sum(fund.free) for fund in funds)
        return found | {row: share * total for row, share in self._shares.items()}


def _share_rows(model: RecordingModel) -> dict[int, Fraction]:
    """The rows that limit a share of all budgets, by position, with that share."""
    shares = {
        f"rule:{rule.key}": Fraction(rule.share)
        for rule in model.problem.rules
        if isinstance(rule, Share) and rule.of == "budget"
    }
    found = {row: shares[rule] for row, rule in enumerate(model.rules) if rule in shares}
    if len(found) != len(shares):
        raise RuntimeError("A share of the budgets limits no row, or more than one.")
    return found


def _largest_spends(problem: Problem, positions: Sequence[int]) -> list[Placement]:
    """For each fund a placement that takes most of it in one quarter."""
    most: dict[int, tuple[int, Placement]] = {}
    for position in positions:
        placement = problem.placements[position]
        for flow in problem.option(placement).spend:
            amounts = (int(amount) for _, amount in problem.in_horizon(placement, flow))
            largest = max(amounts, default=0)
            if flow.target not in most or largest > most[flow.target][0]:
                most[flow.target] = largest, placement
    return [placement for _, placement in most.values()]
