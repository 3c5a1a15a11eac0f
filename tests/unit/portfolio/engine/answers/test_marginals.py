"""What is lost without each initiative, when its money may buy others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.portfolio.engine import parse_problem, solve
from app.portfolio.engine.answers import answer_document, marginal_values
from app.portfolio.engine.answers.changes import Exclude
from tests.bench.engine_instances import Size, random_document
from tests.bench.enumeration import best_by_enumeration
from tests.factories.problems import problem_file, simple


class TestMarginalValues:
    def test_the_freed_money_buys_the_next_best(self) -> None:
        problem = parse_problem(
            problem_file(
                simple("A", 100, 5), simple("B", 80, 5), simple("C", 30, 5), budget=[10, 0]
            )
        )
        plan = solve(problem, time_limit=10)
        found = marginal_values(problem, plan)
        rows = {row.initiative: row for row in found.rows}
        assert found.is_complete and found.value == 180
        assert (rows["A"].fixed, rows["A"].resolved, rows["A"].enters) == (100, 70, ("C",))
        assert (rows["B"].fixed, rows["B"].resolved) == (80, 50)
        assert rows["A"].uncertainty == 0

    def test_where_nothing_else_fits_both_are_the_same(self) -> None:
        problem = parse_problem(problem_file(simple("A", 100, 5), budget=[10, 0]))
        (row,) = marginal_values(problem, solve(problem, time_limit=10)).rows
        assert row.fixed == row.resolved == 100

    @pytest.mark.parametrize("price", [None, 30])
    def test_leaving_out_what_was_forced_in_lifts_its_own_pin(self, price: int | None) -> None:
        pin: dict[str, Any] = {"type": "fund", "initiative": "A", "reason": "law"}
        rules = [pin if price is None else {**pin, "price": price}]
        initiatives = (simple("A", 1, 5), simple("B", 20, 5))
        problem = parse_problem(problem_file(*initiatives, budget=[5, 0], rules=rules))
        (row,) = marginal_values(problem, solve(problem, time_limit=10)).rows
        assert (row.initiative, row.resolved, row.enters) == ("A", 1 - 20, ("B",))

    def test_no_plan_without_one_that_another_rule_needs(self) -> None:
        rules = [
            {"type": "fund", "initiative": "B", "reason": "law"},
            {"type": "requires", "initiative": "B", "needs": "A", "lag": 0},
        ]
        initiatives = (simple("A", 1, 5), simple("B", 1, 5))
        problem = parse_problem(problem_file(*initiatives, budget=[10, 0], rules=rules))
        found = marginal_values(problem, solve(problem, time_limit=10))
        rows = {row.initiative: row for row in found.rows}
        assert rows["A"].resolved is None
        assert rows["B"].resolved == 1

    def test_agrees_with_complete_enumeration_without_it(self) -> None:
        tried = 0
        for seed in range(4):
            document = random_document(Size(7, 1, 3, 1, pools=2, tightness=0.5), seed)
            problem = parse_problem(document)
            plan = solve(problem, time_limit=10)
            if plan.value is None:
                continue
            for row in marginal_values(problem, plan).rows:
                rest = dict(document)
                rest["rules"] = [
                    *(rule for rule in document["rules"] if not _pins(rule, row.initiative)),
                    {"key": "out", "type": "exclude", "initiative": row.initiative, "reason": "x"},
                ]
                value, best = best_by_enumeration(rest)
                if best is None:
                    assert row.resolved is None
                else:
                    assert row.resolved is not None
                    assert abs(row.resolved - (plan.value - value)) <= 2
                    tried += 1
        assert tried > 10

    def test_is_written_as_an_answer(self) -> None:
        problem = parse_problem(problem_file(simple("A", 100, 5), budget=[10, 0]))
        found = marginal_values(problem, solve(problem, time_limit=10))
        document = answer_document(problem, found)
        assert document["kind"] == "marginal" and document["rows"][0]["resolved"] == 100
        assert Exclude("A").apply(problem) != problem


def _pins(rule: Mapping[str, Any], key: str) -> bool:
    return rule["type"] in ("fund", "exclude", "fix") and rule["initiative"] == key
