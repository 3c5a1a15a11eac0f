"""A quick look begins with what still stands and never gives a plan that breaks a limit."""

from __future__ import annotations

from fractions import Fraction

import pytest

from app.portfolio.engine import parse_problem, result_json, verify
from app.portfolio.engine.answers import applied
from app.portfolio.engine.answers.changes import Exclude, Force, ScaleBudgets
from app.portfolio.engine.beside import Ranked
from app.portfolio.engine.plan import PlanStatus
from app.portfolio.engine.trying import placements, repaired, try_out
from tests.factories.problems import problem_file, simple

PROBLEM = parse_problem(
    problem_file(
        simple("A", 90, 50), simple("B", 60, 40), simple("C", 30, 30), simple("D", 5, 10),
        budget=[100, 0],
    )
)  # fmt: skip
KNOWN = [(key, "o", PROBLEM.quarters[0]) for key in ("A", "B", "D")]


def keys(chosen: object) -> set[str]:
    return {PROBLEM.initiatives[one.initiative].key for one in chosen}  # type: ignore[attr-defined]


class TestRepaired:
    def test_a_plan_that_stands_stays(self) -> None:
        assert keys(repaired(PROBLEM, placements(PROBLEM, KNOWN))) == {"A", "B", "D"}

    def test_less_money_drops_what_pays_least(self) -> None:
        less = applied(PROBLEM, [ScaleBudgets(Fraction(9, 10))])
        assert keys(repaired(less, placements(less, KNOWN))) == {"A", "B"}

    def test_what_must_not_be_in_goes_and_what_fits_then_comes(self) -> None:
        without = applied(PROBLEM, [Exclude("A")])
        assert keys(repaired(without, placements(without, KNOWN))) == {"B", "C", "D"}

    def test_what_must_be_in_comes_in(self) -> None:
        forced = applied(PROBLEM, [Force("C")])
        found = keys(repaired(forced, placements(forced, KNOWN)))
        assert "C" in found

    def test_less_money_for_one_fund_touches_only_what_that_fund_pays(self) -> None:
        document = problem_file(simple("A", 90, 50), simple("B", 9, 50), budget=[50, 0])
        document["funds"].append({"key": "other", "budget": [50, 0]})
        document["initiatives"][1]["options"][0]["spend"] = {"other": [50]}
        problem = parse_problem(document)
        known = placements(problem, [(key, "o", problem.quarters[0]) for key in ("A", "B")])
        less = applied(problem, [ScaleBudgets(Fraction(9, 10), problem.funds[0].key)])
        assert keys(repaired(less, known)) == {"B"}

    def test_who_must_be_in_brings_along_what_it_needs(self) -> None:
        rules = [{"type": "requires", "initiative": "C", "needs": "D", "lag": 0}]
        problem = parse_problem(
            problem_file(
                simple("A", 90, 50), simple("C", 30, 30), simple("D", 5, 30),
                budget=[100, 0], rules=rules,
            )
        )  # fmt: skip
        forced = applied(problem, [Force("C")])
        known = placements(problem, [("A", "o", problem.quarters[0])])
        found = {problem.initiatives[one.initiative].key for one in repaired(forced, known)}
        assert found == {"C", "D"}

    def test_what_needs_somebody_left_out_goes_alone(self) -> None:
        rules = [{"type": "requires", "initiative": "B", "needs": "D", "lag": 0}]
        problem = parse_problem(
            problem_file(
                simple("A", 30, 50), simple("B", 90, 40), simple("D", 5, 10),
                budget=[100, 0], rules=rules,
            )
        )  # fmt: skip
        without = applied(problem, [Exclude("D")])
        known = placements(problem, [(key, "o", problem.quarters[0]) for key in ("A", "B", "D")])
        found = {problem.initiatives[one.initiative].key for one in repaired(without, known)}
        assert found == {"A"}

    def test_choices_that_are_gone_are_left_out(self) -> None:
        known = [*KNOWN, ("X", "o", PROBLEM.quarters[0]), ("C", "x", PROBLEM.quarters[0])]
        assert keys(placements(PROBLEM, known)) == {"A", "B", "D"}


class TestTryOut:
    def test_answers_a_changed_problem(self) -> None:
        forced = applied(PROBLEM, [Force("C")])
        plan = try_out(forced, seconds=5, known=KNOWN)
        assert plan.value == 120 + 5
        assert not verify(forced, result_json(plan))

    def test_does_not_wait_long_for_the_ranked_list(self, monkeypatch: pytest.MonkeyPatch) -> None:
        waited: list[float] = []
        monkeypatch.setattr(
            Ranked, "wait", lambda _, *, is_needed, most: waited.append(most)
        )  # fmt: skip
        try_out(PROBLEM, seconds=5)
        assert max(waited) <= 1

    def test_says_that_no_plan_is_possible(self) -> None:
        nothing = applied(PROBLEM, [ScaleBudgets(Fraction(0)), Force("C")])
        assert try_out(nothing, seconds=5, known=KNOWN).status is PlanStatus.INFEASIBLE
