"""The plan that misses limits least, where not all of them can hold."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import Any

import numpy as np

from app.portfolio.engine.answers.arrays import STATES, Arrays, Found, arrays_of, loaded, solved
from app.portfolio.engine.answers.changes import Change, applied
from app.portfolio.engine.answers.dives import Choices, Ground, Search
from app.portfolio.engine.answers.questions import Question
from app.portfolio.engine.milp import building
from app.portfolio.engine.milp.model import Model, Number, Terms
from app.portfolio.engine.milp.pulp_adapter import column
from app.portfolio.engine.problem import Problem

TINY = 1e-7
"""A miss this small, in the objective, is none to speak of."""


class ElasticModel(Model):
    """A model whose limits may be missed; ``sizes`` says how much of the limit's own unit one unit
    of each miss is."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.sizes: list[float] = []
        super().__init__(*arguments, elastic=True, **options)

    def row(self, terms: Terms, sense: int, limit: Number, **options: Any) -> None:
        super().row(terms, sense, limit, **options)
        size = max((abs(float(coefficient)) for _, coefficient in terms), default=1.0)
        self.sizes.extend([size or 1.0] * (len(self.misses) - len(self.sizes)))


class Elastic:
    """The elastic model of a problem under changes, kept for question after question."""

    def __init__(self, problem: Problem, changes: tuple[Change, ...]) -> None:
        self.changes = changes
        changed = applied(problem, changes)
        model = ElasticModel(changed, range(len(changed.placements)), {})
        building.fill(model)
        unit = max(model.sizes, default=1.0)
        misses = zip(model.misses, model.sizes, strict=True)
        model.minimise([(miss, size / unit) for (_, miss), size in misses])
        self._arrays = arrays_of(model.lp)
        self._misses = [(owner, column(miss)) for owner, miss in model.misses]
        self._columns = {position: column(x) for position, x in model.x.items()}
        self._choices = Choices.of(changed, self._columns)
        self._quarters = len(changed.quarters)

    def least_missed(self, question: Question) -> Found:
        """The plan that misses the ``missable`` limits least, keeping all others.

        Misses of one kind of limit are in one unit; those of several kinds are added up as they
        are.
        """
        upper, cost = self._arrays.upper.copy(), self._arrays.cost.copy()
        for owner, place in self._misses:
            upper[place] = np.inf if owner in question.missable | question.free else 0.0
            if owner in question.free:
                cost[place] = 0.0
        arrays = replace(self._arrays, upper=upper, cost=cost)
        until = monotonic() + question.seconds
        dived = self._dived(arrays, question, until)
        if dived is not None and dived.state != "limit":
            return dived
        found = solved(arrays, self._columns, seconds=until - monotonic(), gap=question.gap)
        if dived is not None and (found.value is None or found.value >= (dived.value or 0)):
            found = dived if found.state != "optimal" else replace(dived, state="optimal")
        return replace(found, value=None, bound=None)

    def _dived(self, arrays: Arrays, question: Question, until: float) -> Found | None:
        """The end of a dive; within the gap of the relaxation it is as good as an exact search."""
        solver = loaded(arrays, relaxed=True)
        solver.setOptionValue("time_limit", max(0.01, question.seconds))
        solver.run()
        state = STATES.get(solver.getModelStatus(), "failed")
        if state != "optimal":
            return Found("infeasible") if state == "infeasible" else None
        solution, least = solver.getSolution(), solver.getInfo().objective_function_value
        values, costs = np.array(solution.col_value), np.array(solution.col_dual)
        ground = Ground(self._choices, arrays, solver.getBasis(), values, costs, ())
        target = least + question.gap * abs(least) + TINY
        half = min(until, monotonic() + question.seconds / 2)
        found = Search(ground, self._quarters, np.inf, target, 0).run((), half)
        if found is None:
            return None
        positions, missed = found
        state = "optimal" if missed <= target else "limit"
        return Found(state, positions, missed if state == "limit" else None)
