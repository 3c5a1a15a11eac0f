"""The plan that misses limits least, where not all of them can hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from app.portfolio.engine.answers.arrays import Found, arrays_of, solved
from app.portfolio.engine.answers.changes import applied
from app.portfolio.engine.answers.questions import Question
from app.portfolio.engine.milp import building
from app.portfolio.engine.milp.model import Model, Number, Terms
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


def least_missed(problem: Problem, question: Question) -> Found:
    """The plan that misses the ``missable`` limits least, keeping all others.

    Misses of one kind of limit are in one unit; several kinds together are added up as they are.
    """
    problem = applied(problem, question.changes)
    model = ElasticModel(problem, range(len(problem.placements)), {})
    building.fill(model)
    weights = list(model.sizes)
    unit = max(weights, default=1.0)
    model.minimise([(miss, w / unit) for (_, miss), w in zip(model.misses, weights, strict=True)])
    arrays = arrays_of(model.lp)
    upper = arrays.upper.copy()
    for owner, miss in model.misses:
        allowed = owner in question.missable and owner not in question.free
        upper[miss.index] = np.inf if allowed or owner in question.free else 0.0
    cost = arrays.cost.copy()
    for owner, miss in model.misses:
        if owner in question.free:
            cost[miss.index] = 0.0
    columns = {position: x.index for position, x in model.x.items()}
    arrays = replace(arrays, upper=upper, cost=cost)
    found = solved(arrays, columns, seconds=question.seconds, gap=question.gap)
    return replace(found, value=None, bound=None) if found.positions is not None else found
