"""Other budgets change the rows of a kept model as if it had been written anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.portfolio.engine import parse_problem
from app.portfolio.engine.answers.kept import Kept
from app.portfolio.engine.problem import Problem
from tests.bench.engine_instances import Size, random_document
from tests.factories.problems import problem_file, simple

KINDS = ("share", "share", "spend_on", "at_most", "average_risk", "change_load")


def kept(problem: Problem) -> Kept:
    return Kept(problem, range(len(problem.placements)), {})


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("carry_over", [0.0, 0.5, 1.0])
def test_rows_under_other_budgets_are_those_of_a_model_written_anew(
    seed: int, carry_over: float
) -> None:
    size = Size(
        8, 2, 4, 2, funds=2, capacities=1, rules=9, kinds=KINDS, soft=0.4, carry_over=carry_over
    )
    problem = parse_problem(random_document(size, seed))
    budgets = [tuple(amount * (7 + k) // 9 for amount in fund.budget)
               for k, fund in enumerate(problem.funds)]  # fmt: skip
    model = kept(problem)
    moved = model.with_budgets(model.arrays, budgets)
    funds = tuple(
        replace(fund, budget=budget) for fund, budget in zip(problem.funds, budgets, strict=True)
    )
    anew = kept(replace(problem, funds=funds)).arrays
    assert np.array_equal(moved.row_lower, anew.row_lower)
    assert np.array_equal(moved.row_upper, anew.row_upper)
    assert not np.array_equal(moved.row_upper, model.arrays.row_upper)


def test_soft_shares_are_told_apart_where_there_is_no_money_yet() -> None:
    items = simple("A", 10, 600, kind="x"), simple("B", 7, 500, kind="y")
    rules = [
        {"key": key, "type": "share", "tag": "kind", "equals": tag, "at_most": share,
         "of": "budget", "price": 1}
        for key, tag, share in (("R1", "x", 0.3), ("R2", "y", 0.6))
    ]  # fmt: skip
    problem = parse_problem(problem_file(*items, quarters=1, budget=[0], rules=rules))
    model = kept(problem)
    moved = model.with_budgets(model.arrays, [(1000,)])
    richer = replace(problem, funds=(replace(problem.funds[0], budget=(1000,)),))
    anew = kept(richer).arrays
    assert np.array_equal(moved.row_upper, anew.row_upper)
