"""Our own search finds good plans by itself, and never a wrong one."""

from __future__ import annotations

from app.portfolio.engine import PlanStatus, parse_problem, solve
from app.portfolio.engine.candidates import candidate_positions
from app.portfolio.engine.checking import breaches
from app.portfolio.engine.chords import Overlap
from app.portfolio.engine.counting import Account
from app.portfolio.engine.greedy import best_greedy_list
from app.portfolio.engine.job import Job
from app.portfolio.engine.sandbox import HIGHS, MOVES, Sandbox
from tests.bench.portfolios import portfolio
from tests.factories.problems import problem_file, simple


class TestAlone:
    def test_beats_the_ranked_list_and_its_bound_holds(self) -> None:
        problem = parse_problem(portfolio(40, 4))
        positions = candidate_positions(problem)
        curves = Overlap(problem, positions).curves(1e6)
        job = Job(problem, positions, (curves,), "moves", 6.0, 0.0, ())
        plans, bounds = [], []
        with Sandbox(job, MOVES) as sandbox:
            while not sandbox.is_finished:
                for message in sandbox.read(0.5):
                    plans += [message["positions"]] if message["kind"] == "plan" else []
                    bounds += [message["value"]] if message["kind"] == "bound" else []
        accounts = [
            Account(problem, tuple(problem.placements[p] for p in sorted(one))) for one in plans
        ]
        values = [account.value for account in accounts if not breaches(account)]
        ranked = best_greedy_list(problem)
        assert values and ranked is not None
        assert max(values) > ranked.account.value
        assert max(values) <= bounds[0] + 1e6


class TestTogether:
    def test_a_plan_found_beside_is_told_to_the_solver(self) -> None:
        problem = parse_problem(portfolio(40, 4))
        alone = solve(problem, time_limit=6, beside=())
        both = solve(problem, time_limit=6)
        assert both.value is not None and alone.value is not None
        assert both.value >= alone.value * 0.95
        assert both.message == ""

    def test_two_searches_stop_where_the_gap_is_reached_together(self) -> None:
        plan = solve(parse_problem(portfolio(40, 4)), time_limit=60, gap=0.1)
        assert plan.status is PlanStatus.WITHIN_GAP
        assert plan.gap is not None and plan.gap <= 0.1

    def test_a_search_beside_that_cannot_be_started_is_no_failure(self) -> None:
        gone = type(MOVES)("gone", ("/nonexistent/moves",))
        problem = parse_problem(portfolio(20, 4))
        plan = solve(problem, time_limit=5, backends=(HIGHS,), beside=(gone,))
        assert plan.value is not None and plan.message == ""


class TestStart:
    def test_a_plan_of_before_is_never_lost(self) -> None:
        problem = parse_problem(portfolio(60, 12))
        before = solve(problem, time_limit=4)
        chosen = [
            placement for placement in problem.placements
            if any(
                row.initiative == problem.initiatives[placement.initiative].key
                and row.option == problem.option(placement).key
                and row.start == problem.quarters[placement.start]
                for row in before.funded
            )
        ]  # fmt: skip
        after = solve(problem, time_limit=0.01, start=chosen)
        assert after.value == before.value

    def test_a_plan_that_is_not_allowed_any_more_is_left(self) -> None:
        problem = parse_problem(problem_file(simple("A", 10, 600), simple("B", 7, 600), quarters=1))
        plan = solve(problem, time_limit=20, start=problem.placements)
        assert (plan.status, plan.value) == (PlanStatus.OPTIMAL, 10)
