"""From choices to a Plan: the recount, laid out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import expm1

from app.portfolio.engine.checking import rule_states
from app.portfolio.engine.counting import ZERO, Account, fund_quarters, rounded
from app.portfolio.engine.crediting import Settlement, settle, standalone_value
from app.portfolio.engine.greedy import GreedyList
from app.portfolio.engine.plan import (
    CapacityUse,
    FundedRow,
    FundSpend,
    FundUse,
    Greedy,
    NotFundedRow,
    Plan,
    PlanStatus,
    PoolUse,
    relative_gap,
)
from app.portfolio.engine.problem import Placement, Problem


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a search can say about the best plan it found."""

    status: PlanStatus
    bound: int | None
    approximation: int
    ties_settled: bool
    conflict: tuple[str, ...]
    solver: str
    seconds: float
    message: str


def plan_from(
    problem: Problem, account: Account | None, greedy: GreedyList | None, verdict: Verdict
) -> Plan:
    """The plan of ``account``, or an answer without a plan when it is None."""
    shown = account or Account(problem, ())
    value = None if account is None else account.value
    settlement = settle(shown)
    funded = {placement.initiative for placement in shown.chosen}
    return Plan(
        status=verdict.status,
        digest=problem.digest,
        currency=problem.currency,
        quarters=problem.quarters,
        value=value,
        bound=verdict.bound,
        gap=relative_gap(value, verdict.bound),
        approximation=verdict.approximation,
        funded=_funded_rows(shown, settlement),
        not_funded=tuple(
            NotFundedRow(initiative.key, initiative.name, _best_alone(problem, place))
            for place, initiative in enumerate(problem.initiatives)
            if place not in funded
        ),
        funds=_fund_uses(shown),
        capacities=_capacity_uses(shown),
        pools=_pool_uses(shown),
        rules=tuple(rule_states(shown, settlement.paid)) if account is not None else (),
        greedy=_greedy(greedy, value),
        spend=shown.total_spend,
        ties_settled=verdict.ties_settled,
        conflict=verdict.conflict,
        solver=verdict.solver,
        seconds=verdict.seconds,
        message=verdict.message,
        paid=sum(settlement.paid.values()) if account is not None else 0,
    )


def _greedy(greedy: GreedyList | None, value: int | None) -> Greedy | None:
    if greedy is None or value is None:
        return None
    return Greedy(greedy.name, greedy.account.value, value - greedy.account.value)


def _best_alone(problem: Problem, place: int) -> int:
    """Its most valuable placement, counted exactly where that can matter."""
    placements = tuple(
        Placement(place, o, start)
        for o, option in enumerate(problem.initiatives[place].options)
        for start in option.starts
    )
    earned = sum(rule.value for rule in Account(problem, placements[:1]).synergies)
    most = {placement: _most_alone(problem, placement, earned) for placement in placements}
    first, *others = sorted(placements, key=lambda placement: -most[placement])
    best = standalone_value(problem, first)
    for placement in others:
        if most[placement] < best:
            break
        best = max(best, standalone_value(problem, placement))
    return best


def _most_alone(problem: Problem, placement: Placement, earned: int) -> float:
    """What it is worth alone at most: overtime takes away only, and rounding is allowed for."""
    own = float(problem.own_value(placement) + earned)
    total, moved = own, abs(own)
    last = len(problem.quarters) - placement.start
    for effect in problem.option(placement).effects:
        values = problem.pools[effect.pool].value
        for offset, intensity in enumerate(effect.intensity[:last]):
            if intensity:
                part = -values[placement.start + offset] * expm1(-float(intensity))
                total, moved = total + part, moved + abs(part)
    return total + 1.0 + 1e-12 * moved


def _funded_rows(account: Account, settlement: Settlement) -> tuple[FundedRow, ...]:
    problem = account.problem
    rows = []
    for placement, credit in zip(account.chosen, settlement.credits, strict=True):
        initiative, option = problem.initiatives[placement.initiative], problem.option(placement)
        by_fund = _fund_spends(problem, placement)
        rows.append(
            FundedRow(
                initiative=initiative.key,
                name=initiative.name,
                option=option.key,
                start=problem.quarters[placement.start],
                value_standalone=credit.standalone,
                value_allocated=credit.allocated,
                value_marginal=credit.marginal,
                spend=sum(sum(fund.by_quarter) for fund in by_fund),
                spend_beyond=sum(fund.beyond for fund in by_fund),
                by_fund=by_fund,
                effort_minutes=option.effort_minutes,
                risk=float(option.risk),
            )
        )
    return tuple(rows)


def _fund_spends(problem: Problem, placement: Placement) -> tuple[FundSpend, ...]:
    found = []
    for flow in problem.option(placement).spend:
        row = [0] * len(problem.quarters)
        for quarter, amount in problem.in_horizon(placement, flow):
            row[quarter] = int(amount)
        beyond = int(problem.beyond(placement, flow))
        found.append(FundSpend(problem.funds[flow.target].key, tuple(row), beyond))
    return tuple(found)


def _fund_uses(account: Account) -> tuple[FundUse, ...]:
    problem = account.problem
    beyond = [0] * len(problem.funds)
    for placement in account.chosen:
        for flow in problem.option(placement).spend:
            beyond[flow.target] += int(problem.beyond(placement, flow))
    return tuple(
        FundUse(fund.key, tuple(fund_quarters(fund, account.spend[place])), beyond[place])
        for place, fund in enumerate(problem.funds)
    )


def _capacity_uses(account: Account) -> tuple[CapacityUse, ...]:
    problem = account.problem
    beyond = [0.0] * len(problem.capacities)
    for placement in account.chosen:
        for flow in problem.option(placement).demand:
            beyond[flow.target] += float(problem.beyond(placement, flow))
    return tuple(
        CapacityUse(
            key=capacity.key,
            unit=capacity.unit,
            available=tuple(float(amount) for amount in capacity.available),
            used=tuple(float(amount) for amount in account.demand[place]),
            overtime=tuple(float(amount) for amount in account.overtime[place]),
            overtime_cost=rounded(
                sum(account.overtime[place], ZERO) * (capacity.overtime_price or 0)
            ),
            beyond=beyond[place],
        )
        for place, capacity in enumerate(problem.capacities)
    )


def _pool_uses(account: Account) -> tuple[PoolUse, ...]:
    taken = [0] * len(account.problem.pools)
    exact: dict[int, list[Decimal]] = {}
    for (pool, _), value in account.pool_values.items():
        exact.setdefault(pool, []).append(value)
    for pool, values in exact.items():
        taken[pool] = rounded(sum(values, ZERO))
    return tuple(
        PoolUse(pool.key, sum(pool.value), taken[place])
        for place, pool in enumerate(account.problem.pools)
    )
