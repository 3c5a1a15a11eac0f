"""Other plans nearly as good, and plans side by side."""

from __future__ import annotations

from itertools import pairwise

import pytest

from app.portfolio.engine import parse_problem, solve
from app.portfolio.engine.answers.alternatives import alternatives
from app.portfolio.engine.answers.comparing import ComparisonError, compare
from tests.bench.engine_instances import small_document
from tests.bench.enumeration import combinations
from tests.factories.problems import initiative, option, problem_file, simple


class TestAlternatives:
    def test_come_in_order_and_differ_enough(self) -> None:
        ones = [
            simple(name, value, 300)
            for name, value in zip("ABCDE", (90, 80, 70, 60, 50), strict=True)
        ]
        problem = parse_problem(problem_file(*ones, quarters=1, budget=[900]))
        plan = solve(problem, time_limit=20)
        found = alternatives(problem, plan, count=3, distance=2, within=0.3)
        assert [row.value for row in found.rows] == [230, 220, 220]
        assert found.rows[0].leaves == ("C",) and found.rows[0].enters == ("D",)
        assert all(row.is_next and row.below == 240 - row.value for row in found.rows)
        assert not found.are_all

    def test_end_where_nothing_is_near_enough(self) -> None:
        ones = [simple(name, value, 300) for name, value in zip("AB", (90, 10), strict=True)]
        problem = parse_problem(problem_file(*ones, quarters=1, budget=[300]))
        found = alternatives(problem, solve(problem, time_limit=20), within=0.5)
        assert (found.rows, found.are_all) == ((), True)

    @pytest.mark.parametrize("seed", range(4))
    def test_are_allowed_and_none_is_better(self, seed: int) -> None:
        document = small_document(4000 + seed, most_combinations=2000)
        assert combinations(document) <= 2000
        problem = parse_problem(document)
        plan = solve(problem, time_limit=20)
        found = alternatives(problem, plan, count=4, within=1.0)
        assert all(row.value <= (plan.value or 0) + 1 for row in found.rows)
        for before, after in pairwise(found.rows):
            assert before.value >= after.value
            funded = ({c.initiative for c in row.choices} for row in (before, after))
            assert len(set.symmetric_difference(*funded)) >= 1


class TestComparison:
    def test_names_what_is_added_dropped_moved_and_rescoped(self) -> None:
        small, large = option("s", value=10, risk=2), option("t", value=20, risk=4)
        first = parse_problem(problem_file(initiative("A", small, large), simple("B", 5, 10)))
        second = parse_problem(
            problem_file(
                initiative("A", small, large), simple("C", 5, 10),
                rules=[{"type": "fix", "initiative": "A", "option": "s", "start": "2027-Q2"}],
            )
        )  # fmt: skip
        found = compare(
            [("one", solve(first, time_limit=20)), ("two", solve(second, time_limit=20))]
        )
        two = found.plans[1]
        assert (two.added, two.dropped, two.moved, two.rescoped) == (("C",), ("B",), ("A",), ("A",))
        assert [line.differs for line in found.lines] == [True, True, True]
        assert (found.plans[0].value, two.value) == (25, 15)

    def test_two_to_four_in_one_currency(self) -> None:
        plan = solve(parse_problem(problem_file(simple("A", 1))), time_limit=20)
        for named in ([("a", plan)], [(name, plan) for name in "abcde"]):
            with pytest.raises(ComparisonError):
                compare(named)
