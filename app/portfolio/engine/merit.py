"""Which of two allowed plans is better: value, then spend, then fewer changes, then key order."""

from __future__ import annotations

from collections.abc import Iterable

from app.portfolio.engine.counting import Account
from app.portfolio.engine.problem import Placement, Problem

Merit = tuple[int, int, int, int, tuple[int, ...]]
"""Compared in order; smaller is better, so the value stands negated.

Spend counts to the end of each option, so that starting late does not look cheap. Key order is
the sum of the placements' positions by key, option and start, then the positions themselves.
"""


def merit(account: Account) -> Merit:
    """The place of a plan in the order of preference."""
    problem = account.problem
    positions = tuple(problem.position_of[placement] + 1 for placement in account.chosen)
    return (
        -account.value,
        sum(problem.full_spend(placement) for placement in account.chosen),
        changes(problem, account.chosen),
        sum(positions),
        positions,
    )


def changes(problem: Problem, chosen: Iterable[Placement]) -> int:
    """Initiatives placed otherwise than in the incumbent; 0 when there is none."""
    if not problem.incumbent:
        return 0
    held = {placement.initiative: placement for placement in problem.incumbent}
    now = {placement.initiative: placement for placement in chosen}
    return sum(held.get(place) != now.get(place) for place in held.keys() | now.keys())
