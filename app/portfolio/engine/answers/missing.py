"""The plan that misses limits least, where not all of them can hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from app.portfolio.engine.answers.arrays import Found, arrays_of, solved
from app.portfolio.engine.answers.changes import Change, applied
from app.portfolio.engine.answers.questions import Question
from app.portfolio.engine.milp import building
from app.portfolio.engine.milp.model import Model, Number, Terms
from app.portfolio.engine.milp.pulp_adapter import column
from app.portfolio.engine.problem import Problem


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
        found = solved(arrays, self._columns, seconds=question.seconds, gap=question.gap)
        return replace(found, value=None, bound=None)
