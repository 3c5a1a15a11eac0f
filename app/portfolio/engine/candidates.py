"""Placements worth giving to the solver."""

from __future__ import annotations

from app.portfolio.engine.problem import Option, Placement, Problem


def candidate_positions(problem: Problem) -> tuple[int, ...]:
    """Positions of placements that budgets and team limits do not rule out by themselves."""
    always = {
        (place, option)
        for place, initiative in enumerate(problem.initiatives)
        for option in range(len(initiative.options))
        if _fits_anywhere(problem, initiative.options[option])
    }
    return tuple(
        position
        for position, placement in enumerate(problem.placements)
        if (placement.initiative, placement.option) in always
        or (_could_be_paid(problem, placement) and _could_be_staffed(problem, placement))
    )


def _fits_anywhere(problem: Problem, option: Option) -> bool:
    """Whether each quarter by itself has room for the most it asks for in any."""
    funds, teams = problem.funds, problem.capacities
    return all(
        max(flow.amounts, default=0) <= min(funds[flow.target].free) for flow in option.spend
    ) and all(
        teams[flow.target].overtime_price is not None
        or max(flow.amounts, default=0) <= min(teams[flow.target].available)
        for flow in option.demand
    )


def _could_be_paid(problem: Problem, placement: Placement) -> bool:
    for flow in problem.option(placement).spend:
        fund = problem.funds[flow.target]
        money = 0
        spend = dict(problem.in_horizon(placement, flow))
        for quarter, free in enumerate(fund.free):
            money += free
            if spend.get(quarter, 0) > money:
                return False
            if not fund.carry_over:
                money = 0
    return True


def _could_be_staffed(problem: Problem, placement: Placement) -> bool:
    return all(
        problem.capacities[flow.target].overtime_price is not None
        or amount <= problem.capacities[flow.target].available[quarter]
        for flow in problem.option(placement).demand
        for quarter, amount in problem.in_horizon(placement, flow)
    )
