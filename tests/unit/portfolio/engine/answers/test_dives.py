"""Plans found by diving in a kept model keep every limit, and its bound holds."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from app.portfolio.engine import parse_problem
from app.portfolio.engine.answers import kept
from app.portfolio.engine.answers.arrays import loaded
from app.portfolio.engine.answers.changes import ScaleBudgets
from app.portfolio.engine.answers.desk import Desk
from app.portfolio.engine.answers.dives import coarser
from app.portfolio.engine.answers.frontier import frontier
from app.portfolio.engine.answers.kept import Kept
from app.portfolio.engine.answers.questions import Question
from app.portfolio.engine.checking import breaches
from app.portfolio.engine.chords import curves, understatement
from app.portfolio.engine.counting import Account
from app.portfolio.engine.problem import Problem
from tests.bench.engine_instances import Size, random_document, small_document
from tests.bench.enumeration import best_by_enumeration
from tests.bench.portfolios import portfolio

GAP = 0.02


def model(problem: Problem) -> Kept:
    positions = range(len(problem.placements))
    return Kept(problem, positions, curves(problem, positions, 10.0))


@pytest.fixture
def _always_by_diving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "EASILY_DECIDED", -1)


@pytest.mark.usefixtures("_always_by_diving")
@pytest.mark.parametrize("seed", range(12))
def test_a_plan_by_diving_is_allowed_and_no_plan_is_above_the_bound(seed: int) -> None:
    document = small_document(7000 + seed, most_combinations=1500)
    problem = parse_problem(document)
    best, _ = best_by_enumeration(document)
    one = model(problem)
    everything = [p for p in range(len(problem.placements)) if not problem.placements[p].option]
    for near in ([], everything):
        found = one.search(one.arrays, gap=GAP, seconds=0.3, near=near)
        if found.state == "infeasible":
            assert best == -np.inf
            continue
        assert found.bound is not None
        assert best <= found.bound + understatement(one.curves) + 1
        if found.positions is None:
            assert found.state == "limit"
            continue
        account = Account(problem, tuple(problem.placements[p] for p in sorted(found.positions)))
        assert not breaches(account)
        assert account.value <= best + 1
        if found.state == "optimal":
            assert account.value >= found.bound - GAP * abs(found.bound) - 1


def test_segments_put_together_never_overstate_and_change_nothing_where_the_plan_is() -> None:
    size = Size(12, 2, 6, 3, pools=3, rules=0)
    one = model(parse_problem(random_document(size, 1)))
    relaxed, _ = one._followed(one.arrays, 10.0)
    merged, gone = coarser(one.arrays, relaxed.values)
    assert len(gone) > 20
    upper = merged.upper.copy()
    upper[gone] = 0.0
    solver = loaded(replace(merged, upper=upper), relaxed=True)
    solver.run()
    least = solver.getInfo().objective_function_value
    assert least == pytest.approx(relaxed.objective, rel=1e-9)
    assert least >= relaxed.objective - 1e-9 * abs(relaxed.objective)


def test_no_point_of_a_frontier_is_below_one_of_a_smaller_budget_or_the_ranked_list() -> None:
    size = Size(12, 2, 4, 2, pools=3, rules=2, kinds=("at_most",))
    problem = parse_problem(random_document(size, 5))
    found = frontier(problem, points=4, gap=1e-3, time_limit=30)
    values = [point.value for point in found.points if point.value is not None]
    assert found.is_complete and len(values) == len(found.points)
    assert values == sorted(values)
    for point in found.points:
        assert point.value is not None and point.bound is not None and point.gap is not None
        assert point.gap <= found.gap
        assert point.greedy is not None and point.greedy <= point.value <= point.bound
        scaled = ScaleBudgets(Fraction(point.share)).apply(problem)
        assert point.budget == sum(sum(fund.budget) for fund in scaled.funds)


def test_plans_by_diving_are_believed_with_far_segments_put_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow: list[object] = []
    asked = Desk._solved
    monkeypatch.setattr(Desk, "_solved", lambda *told: slow.append(told) or asked(*told))
    problem = parse_problem(portfolio(40, 4))
    with Desk(problem, seconds=40, workers=1) as desk:
        replies = [
            desk.ask(Question((ScaleBudgets(share),), gap=2e-3, seconds=1.0, is_brief=True))
            for share in (Fraction(3, 4), Fraction(1), Fraction(5, 4))
        ]
    assert not slow
    assert all(reply.value is not None and reply.bound is not None for reply in replies)
