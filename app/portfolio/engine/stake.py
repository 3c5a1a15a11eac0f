"""About what there is to win, before any plan is known."""

from __future__ import annotations

from app.portfolio.engine.chords import Overlap
from app.portfolio.engine.problem import Placement, Problem


def stake(problem: Problem, overlap: Overlap) -> float:
    """About what a plan is worth while none is known: the part of all value that can be paid."""
    asked = sum(
        max(problem.full_spend(Placement(i, o, 0)) for o in range(len(one.options)))
        for i, one in enumerate(problem.initiatives)
    )
    own = sum(
        max(0, *(value for option in one.options for value in option.values))
        for one in problem.initiatives
    )
    return (overlap.potential() + own) * min(1.0, problem.budget_total / max(1, asked))
