"""The ranked lists keep the same limits and rules as the plan."""

from __future__ import annotations

import pytest

from app.portfolio.engine import PlanStatus, parse_problem, solve
from app.portfolio.engine.checking import breaches
from app.portfolio.engine.greedy import best_greedy_list
from tests.bench.engine_instances import small_document
from tests.factories.problems import Document, initiative, option, problem_file, simple


def chosen(document: Document) -> list[str]:
    found = best_greedy_list(parse_problem(document))
    assert found is not None
    problem = found.account.problem
    return [problem.initiatives[placement.initiative].key for placement in found.account.chosen]


class TestLists:
    def test_by_value_takes_the_big_one_first(self) -> None:
        big = simple("A", 100, 1000)
        small = [simple(key, 30, 500) for key in "BC"]
        assert chosen(problem_file(big, *small, quarters=1)) == ["A"]

    def test_by_value_per_money_takes_many_small_ones(self) -> None:
        big = simple("A", 100, 1000)
        small = [simple(key, 60, 500) for key in "BC"]
        assert chosen(problem_file(big, *small, quarters=1)) == ["B", "C"]

    def test_skips_what_does_not_fit(self) -> None:
        document = problem_file(
            simple("A", 90, 600), simple("B", 80, 600), simple("C", 10, 300), quarters=1
        )
        assert chosen(document) == ["A", "C"]

    def test_starts_later_where_money_is(self) -> None:
        late = initiative("A", option(spend={"money": [500]}, value=[9, 7]))
        found = best_greedy_list(parse_problem(problem_file(late, budget=[100, 600])))
        assert found is not None and found.account.value == 7

    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ({"type": "requires", "initiative": "A", "needs": "C"}, ["A", "B", "C"]),
            ({"type": "together", "initiatives": ["A", "C"]}, ["A", "B", "C"]),
            ({"type": "at_most", "count": 1, "initiatives": ["A", "B"]}, ["A", "C"]),
            ({"type": "exclude", "initiative": "A"}, ["B", "C"]),
            ({"type": "fund", "initiative": "D"}, ["A", "B", "C", "D"]),
            ({"type": "at_least", "count": 1, "initiatives": ["D"]}, ["A", "B", "C", "D"]),
            ({"type": "share", "tag": "x", "equals": "y", "at_most": 0.1, "of": "budget"},
             ["A", "B"]),
        ],
    )  # fmt: skip
    def test_keep_the_rules(self, rule: Document, expected: list[str]) -> None:
        document = problem_file(
            simple("A", 30, 200),
            simple("B", 20, 200),
            simple("C", 10, 400, x="y"),
            simple("D", -5, 1),
            rules=[rule],
        )
        # What is worth less than nothing is taken only where a rule asks for it.
        assert chosen(document) == expected

    def test_are_allowed_plans_or_none(self) -> None:
        for seed in range(40):
            found = best_greedy_list(parse_problem(small_document(seed, most_combinations=10**6)))
            assert found is None or breaches(found.account) == []

    def test_the_rules_may_leave_no_list(self) -> None:
        document = problem_file(simple("A", 1, 2000), rules=[{"type": "fund", "initiative": "A"}])
        assert best_greedy_list(parse_problem(document)) is None


class TestNeeds:
    def test_soft_rules_may_need_each_other(self) -> None:
        rules = [
            {"key": "R1", "type": "requires", "initiative": "A", "needs": "B", "price": 1},
            {"key": "R2", "type": "requires", "initiative": "B", "needs": "A", "price": 1},
        ]
        items = simple("A", 10, 300), simple("B", 7, 300)
        plan = solve(parse_problem(problem_file(*items, quarters=1, rules=rules)), time_limit=20)
        assert (plan.status, plan.value) == (PlanStatus.OPTIMAL, 17)

    def test_a_long_chain_is_followed_to_its_end(self) -> None:
        count = 1500
        items = [simple(f"I{k:04d}", 1, 1) for k in range(count)]
        rules = [
            {
                "key": f"R{k}",
                "type": "requires",
                "initiative": f"I{k:04d}",
                "needs": f"I{k + 1:04d}",
            }
            for k in range(count - 1)
        ]
        problem = parse_problem(problem_file(*items, quarters=1, budget=[count], rules=rules))
        found = best_greedy_list(problem)
        assert found is not None and found.account.value == count
