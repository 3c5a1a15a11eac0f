"""A frontier contains the plan that is known already."""

from __future__ import annotations

from dataclasses import replace

from app.portfolio.engine import parse_problem, solve
from app.portfolio.engine.answers.frontier import frontier
from tests.bench.engine_instances import small_document


def test_its_point_is_never_below_the_plan_of_the_run_nor_above_its_bound() -> None:
    problem = parse_problem(small_document(11, most_combinations=4000))
    plan = solve(problem, time_limit=20, beside=())
    assert plan.value is not None
    # With no time at all nothing but what is known can stand.
    found = frontier(problem, points=5, time_limit=0.05, with_list=False, plan=plan)
    own = [point for point in found.points if point.share == 1]
    assert not own or (own[0].value, own[0].bound) == (plan.value, plan.bound)
    worse = replace(plan, bound=plan.value + 10**12)
    found = frontier(problem, points=5, time_limit=20, with_list=False, plan=worse)
    (point,) = [point for point in found.points if point.share == 1]
    assert point.value == plan.value and point.bound is not None
    assert point.bound <= plan.value * 1.001 + 1
    assert all(
        one.value is None or one.value >= plan.value for one in found.points if one.share > 1
    )
