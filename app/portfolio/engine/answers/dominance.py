"""Funded initiatives that cost no more anywhere and are worth no less."""

from __future__ import annotations

from app.portfolio.engine.counting import Account
from app.portfolio.engine.crediting import standalone_value
from app.portfolio.engine.problem import Placement, Problem

MOST_NAMED = 3


def dominators(account: Account, place: int) -> tuple[str, ...]:
    """Keys of funded initiatives that, each placed as it is, dominate the best that ``place``
    has alone: no more money of any fund in any quarter, no more of any team, no less value."""
    problem = account.problem
    own = [placement for placement in problem.placements if placement.initiative == place]
    mine = max(own, key=lambda placement: standalone_value(problem, placement))
    worth, needs = standalone_value(problem, mine), _needs(problem, mine)
    if not needs:
        return ()
    found = []
    for placement in account.chosen:
        theirs = _needs(problem, placement)
        if all(amount <= needs.get(where, 0) for where, amount in theirs.items()):
            value = standalone_value(problem, placement)
            if value >= worth and (value > worth or theirs != needs):
                found.append((-value, problem.initiatives[placement.initiative].key))
    return tuple(key for _, key in sorted(found)[:MOST_NAMED])


def _needs(problem: Problem, placement: Placement) -> dict[tuple[str, int, int], float]:
    option = problem.option(placement)
    needs: dict[tuple[str, int, int], float] = {}
    for kind, flows in (("fund", option.spend), ("capacity", option.demand)):
        for flow in flows:
            for quarter, amount in problem.in_horizon(placement, flow):
                needs[kind, flow.target, quarter] = float(amount)
    return needs
