"""What changed between a run's inputs and today's, in sentences."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from app.approvals.rules.rounds import problem_drift

PROBLEM: dict[str, Any] = {
    "currency": "EUR",
    "quarters": ["2027-Q1", "2027-Q2"],
    "funds": [{"key": "capex", "budget": [100_00, 50_00], "carry_over": 0.25}],
    "capacities": [{"key": "digital", "unit": "person-days", "available": [10, 10]}],
    "pools": [{"key": "claims/serve", "value": [5, 5]}],
    "initiatives": [
        {"key": "CX-1", "name": "One", "tags": {}, "options": [{"key": "full", "spend": {}}]},
        {"key": "CX-2", "name": "Two", "tags": {}, "options": [{"key": "full", "spend": {}}]},
    ],
    "rules": [{"key": "R1", "type": "at_most", "count": 1, "initiatives": ["CX-1", "CX-2"]}],
}


@pytest.fixture
def now() -> dict[str, Any]:
    return deepcopy(PROBLEM)


class TestProblemDrift:
    def test_is_nothing_between_equal_problems(self, now: dict[str, Any]) -> None:
        assert problem_drift(PROBLEM, now) == []

    def test_names_the_budget_that_changed(self, now: dict[str, Any]) -> None:
        now["funds"][0]["budget"][1] = 40_00
        assert problem_drift(PROBLEM, now) == ["The budgets of capex changed."]

    def test_names_the_money_that_was_committed_since(self, now: dict[str, Any]) -> None:
        now["funds"][0]["committed"] = [0, 20_00]
        assert problem_drift(PROBLEM, now) == ["€20.00 more of the budgets is committed already."]

    def test_names_initiatives_that_came_went_or_changed(self, now: dict[str, Any]) -> None:
        now["initiatives"][0]["options"][0]["spend"] = {"capex": [1]}
        now["initiatives"][1]["key"] = "CX-3"
        assert problem_drift(PROBLEM, now) == [
            "No candidates any more: CX-2.",
            "New candidates: CX-3.",
            "Changed: CX-1 (spend).",
        ]

    def test_names_pools_teams_and_rules(self, now: dict[str, Any]) -> None:
        now["pools"][0]["value"] = [4, 4]
        now["capacities"][0]["available"] = [9, 9]
        now["rules"] = []
        assert problem_drift(PROBLEM, now) == [
            "The days of digital changed.",
            "The value of the pools claims/serve changed.",
            "The rules R1 changed.",
        ]

    def test_names_a_fund_that_left(self, now: dict[str, Any]) -> None:
        now["funds"] = []
        assert problem_drift(PROBLEM, now) == ["The fund capex left the cycle."]

    def test_says_it_in_few_lines_with_names(self, now: dict[str, Any]) -> None:
        now |= {"currency": "USD", "pools": [], "capacities": [], "rules": [], "initiatives": []}
        now["funds"] = [{"key": "capex", "budget": [1, 1], "carry_over": 0.5, "committed": [9, 0]}]
        found = problem_drift(PROBLEM, now, {"capex": "Capital"})
        assert found[1:3] == [
            "US$0.09 more of the budgets is committed already.",
            "The budgets of Capital changed.",
        ]
        assert len(found) == 4
        assert found[-1] == "5 more things changed."
