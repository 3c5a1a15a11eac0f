"""What changed between a run's inputs and today's, in sentences."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from app.approvals.rules.frozen import (
    FrozenCriterion,
    FrozenItem,
    FrozenMilestone,
    FrozenPerson,
    FrozenProposal,
    FrozenSpend,
)
from app.approvals.rules.rounds import problem_drift, round_changes

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


OWNER = FrozenPerson(1, "Maya")
CALLS = FrozenCriterion("Repeat calls", "%", "at_most", None, Decimal("15"), 400, True)
PILOT = FrozenMilestone(
    1, "Pilot", date(2027, 3, 31), Decimal("0.3"), 30_00, "Stop", (CALLS,)
)  # fmt: skip
ITEM = FrozenItem(
    initiative_id=1, key="CX-1", title="One", version=1, journey=None, unit="", lens="process",
    owner=OWNER, sponsor=None, created_by=OWNER, certified_by=None, certified_at=None, option_id=1,
    option_key="full", option_name="Full", start="2027-Q1", spend=(), spend_minor=100_00,
    value_allocated_minor=500_00, value_standalone_minor=600_00, value_marginal_minor=400_00,
    effort_minutes=0, grades=("b",), is_declared=False, milestones=(PILOT,),
)  # fmt: skip


def plan(*items: FrozenItem) -> FrozenProposal:
    """All that is asked of a proposal here."""
    found: Any = SimpleNamespace(
        items=items,
        cycle=SimpleNamespace(currency="EUR"),
        spend_minor=sum(one.spend_minor for one in items),
        value_minor=sum(one.value_allocated_minor for one in items),
    )
    return found  # type: ignore[no-any-return]


def words(after: FrozenItem) -> list[str]:
    return [one.words for one in round_changes(plan(ITEM), plan(after)).items]


class TestRoundChanges:
    def test_is_nothing_where_only_the_others_changed(self) -> None:
        assert words(replace(ITEM, value_allocated_minor=450_00, version=2)) == []

    def test_names_what_moved_with_the_money_alone(self) -> None:
        later = replace(PILOT, due_on=date(2027, 6, 30), tranche_minor=36_00)
        moved = replace(
            ITEM, start="2027-Q2", spend_minor=120_00, value_standalone_minor=1, milestones=(later,)
        )
        assert words(moved) == ["start 2027-Q1 → 2027-Q2"]

    @pytest.mark.parametrize(
        ("criterion", "said"),
        [
            ({"threshold": Decimal("25")}, "at most 25\u202f% of 400 or more"),
            ({"minimum_sample": None}, "at most 15\u202f%"),
            ({"is_must_meet": False}, "at most 15\u202f% of 400 or more, not must-meet"),
        ],
    )
    def test_names_a_hurdle_that_asks_for_something_else(
        self, criterion: dict[str, Any], said: str
    ) -> None:
        easier = replace(PILOT, criteria=(replace(CALLS, **criterion),))
        assert words(replace(ITEM, milestones=(easier,))) == [
            f"hurdle “Pilot”: Repeat calls at most 15\u202f% of 400 or more → {said}"
        ]

    def test_names_hurdles_that_came_went_or_hold_other_money(self) -> None:
        other = replace(
            PILOT, id=2, name="Roll-out", criteria=(replace(CALLS, metric="Complaints"),)
        )
        sooner = replace(PILOT, share=Decimal("0.8"), due_on=date(2027, 9, 30), criteria=())
        assert words(replace(ITEM, milestones=(sooner, other))) == [
            "hurdle “Pilot”: due 31 Mar 2027 → 30 Sept 2027, holds 30\u202f% → 80\u202f%, "
            "no longer asks for Repeat calls; hurdle “Roll-out”: new"
        ]
        assert words(replace(ITEM, milestones=(other,))) == [
            "hurdle “Pilot” dropped; hurdle “Roll-out”: new"
        ]

    def test_names_the_same_sum_out_of_another_fund(self) -> None:
        other = FrozenSpend("run", "2027-Q1", 100_00)
        assert words(replace(ITEM, spend=(other,))) == ["spend in other funds or quarters"]
        assert words(replace(ITEM, spend=(other,), spend_minor=90_00)) == ["other spend"]

    def test_names_another_claim_and_another_owner(self) -> None:
        claimed = replace(
            ITEM, value_standalone_minor=900_00, grades=("a",), owner=FrozenPerson(2, "Leila")
        )
        assert words(claimed) == [
            "standalone value €600.00 → €900.00; owner Maya → Leila; evidence B → A"
        ]
