"""What is left of a plan without its struck items, counted from the choices."""

from __future__ import annotations

from typing import Any

import pytest

from app.approvals.rules.remaining import placements_of, remainder
from app.portfolio.engine.documents import problem_document
from app.portfolio.engine.parsing import parse_problem
from app.portfolio.engine.problem import Placement, Problem


def initiative(key: str, intensity: float, minutes: int) -> dict[str, Any]:
    option = {
        "key": "full", "spend": {"capex": [100_00]}, "start": ["2027-Q1"], "value": 0,
        "effects": [{"pool": "claims/serve", "intensity": [0.0, intensity]}],
        "effort_minutes": minutes,
    }  # fmt: skip
    return {"key": key, "name": f"Initiative {key}", "tags": {}, "options": [option]}


@pytest.fixture
def problem() -> Problem:
    return parse_problem(
        {
            "format": "waymark/problem",
            "version": 1,
            "currency": "EUR",
            "quarters": ["2027-Q1", "2027-Q2"],
            "funds": [{"key": "capex", "budget": [1_000_00, 0], "carry_over": 0}],
            "pools": [{"key": "claims/serve", "value": [0, 900_00]}],
            "initiatives": [
                initiative("A", 0.3, 10),
                initiative("B", 0.2, 20),
                initiative("C", 0.1, 30),
            ],
            "rules": [
                {"key": "needs:B:A", "type": "requires", "initiative": "B", "needs": "A", "lag": 0},
                {"key": "R1", "type": "at_least", "count": 3, "initiatives": ["A", "B", "C"]},
                {"key": "pin:C", "type": "fund", "initiative": "C", "reason": "Law"},
            ],
        }
    )


@pytest.fixture
def placements(problem: Problem) -> list[Placement]:
    rows = [{"initiative": key, "option": "full", "start": "2027-Q1"} for key in "CAB"]
    return placements_of(problem, {"funded": rows})


class TestRemainder:
    def test_of_everything_adds_up_to_the_value(
        self, problem: Problem, placements: list[Placement]
    ) -> None:
        whole = remainder(problem, placements, (), {})
        assert sum(worth.allocated for worth in whole.worth.values()) == whole.value_minor
        assert (whole.effort_minutes, whole.broken) == (60, ())

    def test_loses_exactly_the_marginal_value_of_one_struck_item(
        self, problem: Problem, placements: list[Placement]
    ) -> None:
        whole = remainder(problem, placements, (), {})
        rest = remainder(problem, placements, {"C"}, {})
        assert rest.value_minor == whole.value_minor - whole.worth["C"].marginal
        assert set(rest.worth) == {"A", "B"} and rest.effort_minutes == 30

    def test_says_which_rules_no_longer_hold(
        self, problem: Problem, placements: list[Placement]
    ) -> None:
        rest = remainder(problem, placements, {"A"}, {"needs:B:A": "B needs A"})
        broken = {rule.key: rule for rule in rest.broken}
        assert broken["needs:B:A"].sentence == "B needs A"
        assert broken["needs:B:A"].is_inseparable and not broken["R1"].is_inseparable

    def test_counts_striking_a_pinned_item_as_meant(
        self, problem: Problem, placements: list[Placement]
    ) -> None:
        assert "pin:C" not in {rule.key for rule in remainder(problem, placements, "C", {}).broken}

    def test_of_nothing_is_worth_nothing(
        self, problem: Problem, placements: list[Placement]
    ) -> None:
        assert remainder(problem, placements, {"A", "B", "C"}, {}).value_minor == 0

    def test_a_soft_rule_may_be_missed_and_is_in_no_items_value(self, problem: Problem) -> None:
        document = problem_document(problem)
        document["rules"] = [
            {"key": "R1", "type": "at_least", "count": 3, "initiatives": ["A", "B", "C"]}
        ]
        kept = [problem.placements[place] for place in range(2)]
        plain = remainder(parse_problem(document | {"rules": []}), kept, (), {})
        document["rules"][0]["price"] = 5_00
        soft = remainder(parse_problem(document), kept, (), {})
        assert soft.broken == ()
        assert soft.value_minor == plain.value_minor
        assert sum(worth.allocated for worth in soft.worth.values()) == soft.value_minor
