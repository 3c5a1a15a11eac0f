"""Standalone, allocated and marginal value of each funded initiative."""

from __future__ import annotations

from math import log
from random import Random

import pytest

from app.portfolio.engine import parse_problem
from app.portfolio.engine.counting import Account
from app.portfolio.engine.crediting import credits
from app.portfolio.engine.problem import Placement
from tests.bench.engine_instances import Size, random_document
from tests.factories.problems import initiative, option, problem_file


def claims_of_a_journey() -> Account:
    """2,880 customers worth 180.00 each; A claims 30 %, B 25 % (the model's worked example)."""
    document = problem_file(
        *(
            initiative(key, option(effects=[{"pool": "retain", "intensity": [-log(1 - claim)]}]))
            for key, claim in (("A", 0.30), ("B", 0.25))
        ),
        quarters=1,
        pools=[{"key": "retain", "value": [2880 * 180_00]}],
    )
    return Account(parse_problem(document), (Placement(0, 0, 0), Placement(1, 0, 0)))


class TestCredits:
    def test_of_the_worked_example_in_customers(self) -> None:
        a, b = credits(claims_of_a_journey())
        assert (a.standalone, b.standalone) == (864 * 180_00, 720 * 180_00)
        assert a.allocated / 180_00 == pytest.approx(757.2, abs=0.05)
        assert b.allocated / 180_00 == pytest.approx(610.8, abs=0.05)
        assert (a.marginal, b.marginal) == (648 * 180_00, 504 * 180_00)

    def test_allocated_adds_up_to_the_plan_to_the_cent(self) -> None:
        size = Size(12, 2, 6, 3, pools=3, funds=2, capacities=2, rules=9, kinds=("synergy",))
        for seed in range(20):
            problem = parse_problem(random_document(size, seed))
            random = Random(seed)
            chosen = {p.initiative: p for p in random.sample(problem.placements, 12)}
            account = Account(problem, tuple(chosen[i] for i in sorted(chosen)))
            assert sum(credit.allocated for credit in credits(account)) == account.value

    def test_marginal_is_the_plan_without_it(self) -> None:
        size = Size(6, 1, 4, 2, pools=2, capacities=1, rules=2, kinds=("synergy",))
        for seed in range(10):
            problem = parse_problem(random_document(size, seed))
            chosen = tuple({p.initiative: p for p in problem.placements}.values())
            account = Account(problem, chosen)
            for k, credit in enumerate(credits(account)):
                rest = Account(problem, chosen[:k] + chosen[k + 1 :])
                assert credit.marginal == account.value - rest.value

    def test_effects_that_cancel_out_are_credited_with_opposite_signs(self) -> None:
        document = problem_file(
            initiative("A", option(effects=[{"pool": "p", "intensity": [0.2]}])),
            initiative("B", option(effects=[{"pool": "p", "intensity": [-0.2]}])),
            quarters=1,
            pools=[{"key": "p", "value": [1000]}],
        )
        account = Account(parse_problem(document), (Placement(0, 0, 0), Placement(1, 0, 0)))
        assert [credit.allocated for credit in credits(account)] == [200, -200]
