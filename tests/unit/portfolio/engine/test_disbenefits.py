"""Disbenefits: harm counts against the plan, the model stays a lower bound, the best is found."""

from __future__ import annotations

from math import exp, inf
from random import Random
from typing import Any

import pytest

from app.portfolio.engine import parse_problem, solve, verify
from app.portfolio.engine.chords import curves
from app.portfolio.engine.counting import Account
from app.portfolio.engine.crediting import credits
from app.portfolio.engine.results import result_json
from tests.bench.engine_instances import small_document
from tests.bench.enumeration import best_by_enumeration
from tests.unit.portfolio.engine.test_chords import drawn


def harmful(seed: int) -> dict[str, Any]:
    """A small random problem in which every other effect harms its pool."""
    random = Random(seed)
    number = seed * 50
    document = small_document(number, most_combinations=600)
    while not document["pools"]:
        number += 1
        document = small_document(number, most_combinations=600)
    for one in document["initiatives"]:
        for option in one["options"]:
            for effect in option["effects"]:
                if random.random() < 0.5:
                    effect["intensity"] = [-amount for amount in effect["intensity"]]
    return document


class TestDisbenefits:
    @pytest.mark.parametrize("seed", range(12))
    def test_the_plan_is_the_best_of_all_by_complete_enumeration(self, seed: int) -> None:
        document = harmful(seed)
        problem = parse_problem(document)
        plan = solve(problem, time_limit=30.0)
        value, _ = best_by_enumeration(document)
        assert plan.message == ""
        if value == -inf:
            assert plan.value is None
        else:
            assert plan.value is not None and abs(plan.value - value) <= 1
            assert verify(problem, result_json(plan)) == []

    def test_the_segments_lie_below_the_curve_where_harm_outweighs_too(self) -> None:
        below_zero = 0
        for seed in range(12):
            problem, random = parse_problem(harmful(seed)), Random(seed)
            for curve in curves(problem, range(len(problem.placements)), 10_000).values():
                for _ in range(20):
                    chosen = random.sample(problem.placements, min(3, len(problem.placements)))
                    held = {
                        problem.position_of[p] for p in {q.initiative: q for q in chosen}.values()
                    }
                    total = sum(amount for place, amount in curve.terms if place in held)
                    exact = 1 - exp(-total)
                    below_zero += total < 0
                    assert exact - curve.depth - 1e-12 <= drawn(curve, total) <= exact + 1e-12
        assert below_zero > 100

    def test_allocated_values_add_up_to_the_cent_with_harm_among_them(self) -> None:
        for seed in range(12):
            problem = parse_problem(harmful(seed))
            chosen = {p.initiative: p for p in problem.placements}
            account = Account(problem, tuple(chosen[i] for i in sorted(chosen)))
            shares = credits(account)
            assert sum(share.allocated for share in shares) == account.value
