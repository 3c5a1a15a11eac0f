"""How a plan stands when inputs turn out otherwise."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from app.portfolio.engine import parse_problem, solve
from app.portfolio.engine.answers.desk import account_of
from app.portfolio.engine.answers.robustness import Standing, fixed_values, robustness
from app.portfolio.engine.answers.uncertainty import (
    Spread,
    Uncertainty,
    UncertaintyError,
    drawn,
    read_uncertainty,
)
from app.portfolio.engine.counting import Account
from tests.bench.engine_instances import small_document
from tests.factories.problems import problem_file, simple

SURE = Spread(1.0, 1.0, 1.0)


class TestDraws:
    @pytest.mark.parametrize("spread", [Spread(0.6, 1.0, 1.3), Spread(0.0, 0.5, 1.0)])
    def test_have_the_quantiles_that_were_given(self, spread: Spread) -> None:
        problem = parse_problem(problem_file(simple("A", 10)))
        draws = drawn(problem, Uncertainty(effects={"A": spread}), 40_000, 1).effects[:, 0]
        assert np.quantile(draws, [0.1, 0.5, 0.9]) == pytest.approx(
            [spread.low, spread.middle, spread.high], abs=0.01
        )

    def test_same_seed_same_draws(self) -> None:
        problem = parse_problem(small_document(1, most_combinations=10**6))
        one, two = (drawn(problem, Uncertainty(), 5, 7).change(3) for _ in range(2))
        assert one == two
        assert one != drawn(problem, Uncertainty(), 5, 8).change(3)


class TestFixedPlan:
    @pytest.mark.parametrize("seed", range(5))
    def test_its_values_are_those_of_the_exact_recount(self, seed: int) -> None:
        problem = parse_problem(small_document(5000 + seed, most_combinations=5000))
        plan = solve(problem, time_limit=20)
        if plan.value is None:
            return
        account = account_of(problem, plan)
        draws = drawn(problem, Uncertainty(default_cost=SURE), 20, seed)
        values = fixed_values(account, draws)
        for draw in range(20):
            exact = Account(draws.change(draw).apply(problem), account.chosen).value
            assert abs(values[draw] - exact) <= 1e-6 * abs(exact) + 5


class TestRobustness:
    def test_who_is_always_in_is_core_and_who_never_is_out(self) -> None:
        ones = [simple("A", 900, 300), simple("B", 500, 300), simple("C", 490, 300),
                simple("D", 10, 300)]  # fmt: skip
        problem = parse_problem(problem_file(*ones, quarters=1, budget=[600]))
        plan = solve(problem, time_limit=20)
        unsure = Uncertainty(default_effect=Spread(0.8, 1.0, 1.2), default_cost=SURE)
        told: list[tuple[int, int]] = []
        found = robustness(
            problem, plan, uncertainty=unsure, draws=60,
            on_progress=lambda done, of: told.append((done, of)),
        )  # fmt: skip
        standing = {row.initiative: row.standing for row in found.shares}
        assert standing == {
            "A": Standing.CORE, "B": Standing.CONTINGENT, "C": Standing.CONTINGENT,
            "D": Standing.OUT,
        }  # fmt: skip
        assert told[-1] == (60, 60) and found.is_complete and found.gap <= 1e-3
        assert found.plan is not None and found.best is not None
        assert found.plan.p10 < found.plan.p50 < found.plan.p90
        assert found.best.mean >= found.plan.mean - 20
        assert found.runner_up is not None and found.runner_up.funded == ("A", "C")
        assert 0.3 < found.runner_up.beaten < 0.6
        assert found.missed == 0.0

    def test_same_seed_same_answer(self) -> None:
        problem = parse_problem(small_document(5001, most_combinations=5000))
        plan = solve(problem, time_limit=20)
        one, two = (robustness(problem, plan, draws=12) for _ in range(2))
        assert (one.shares, one.plan, one.best) == (two.shares, two.plan, two.best)

    def test_costs_that_rise_break_the_budget(self) -> None:
        problem = parse_problem(problem_file(simple("A", 900, 1000), quarters=1, budget=[1000]))
        dearer = Uncertainty(default_cost=Spread(0.5, 1.0, 2.0))
        found = robustness(problem, solve(problem, time_limit=20), uncertainty=dearer, draws=200)
        assert found.missed == pytest.approx(0.5, abs=0.1)


class TestReading:
    def test_reads_factors_by_key(self) -> None:
        problem = parse_problem(problem_file(simple("A", 10)))
        tree = {"initiatives": {"A": {"effect": [Decimal("0.5"), 1, 1.2]}},
                "default": {"cost": [1, 1, 1]}}  # fmt: skip
        found = read_uncertainty(tree, problem)
        assert found.effects == {"A": Spread(0.5, 1.0, 1.2)}
        assert found.default_cost == SURE

    @pytest.mark.parametrize(
        "tree",
        [
            [], {"x": 1}, {"pools": {"none": [1, 1, 1]}}, {"initiatives": {"A": {"cost": [1, 2]}}},
            {"initiatives": {"A": {"cost": [2, 1, 3]}}}, {"initiatives": {"A": 3}},
            {"initiatives": {"B": {}}}, {"default": {"effect": [0, 0, 1]}},
            {"default": {"cost": [True, 1, 1]}}, {"initiatives": []},
        ],
    )  # fmt: skip
    def test_refuses_anything_else(self, tree: object) -> None:
        problem = parse_problem(problem_file(simple("A", 10)))
        with pytest.raises(UncertaintyError):
            read_uncertainty(tree, problem)
