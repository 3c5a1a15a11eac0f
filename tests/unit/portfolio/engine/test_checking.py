"""Every limit is noticed when it is broken, and only then."""

from __future__ import annotations

from typing import Any

import pytest

from app.portfolio.engine import parse_problem
from app.portfolio.engine.checking import breaches, rule_states
from app.portfolio.engine.counting import Account
from app.portfolio.engine.problem import Placement
from tests.factories.problems import Document, initiative, option, problem_file

Q1, Q2 = 0, 1


def two_by_two(*rules: Document, **fields: Any) -> Document:
    """A, B (tag x) and C (tag y), each 100 in its first quarter, two options, two starts."""
    options = [option(key, spend={"money": [100]}) for key in ("lean", "wide")]
    return problem_file(
        initiative("A", *options, tag="x"),
        initiative("B", *options, tag="x"),
        initiative("C", *options, tag="y"),
        rules=list(rules),
        **fields,
    )


def account(document: Document, **placed: tuple[int, int]) -> Account:
    """Choices as ``A=(option, start)``."""
    chosen = (Placement("ABC".index(key), o, start) for key, (o, start) in placed.items())
    return Account(parse_problem(document), tuple(chosen))


AFTER = {"type": "requires", "initiative": "B", "needs": "A", "lag": 1}
HALF = {"type": "share", "tag": "tag", "equals": "x", "at_most": 0.5, "of": "spend"}
TENTH = {"type": "share", "tag": "tag", "equals": "x", "at_least": 0.1, "of": "budget"}
FIX = {"type": "fix", "initiative": "A", "option": "wide", "start": "2027-Q2"}
CASES: list[tuple[Document, dict[str, tuple[int, int]], int | None]] = [
    (AFTER, {"A": (0, Q1), "B": (0, Q2)}, 0),
    (AFTER, {"A": (0, Q1), "B": (0, Q1)}, -1),
    (AFTER, {"B": (0, Q2)}, -1),
    (AFTER, {"B": (0, Q1)}, -2),
    (AFTER, {"A": (0, Q1)}, None),
    ({"type": "together", "initiatives": ["A", "B"]}, {"A": (0, Q1), "B": (1, Q2)}, 0),
    ({"type": "together", "initiatives": ["A", "B"]}, {"A": (0, Q1)}, -1),
    ({"type": "together", "initiatives": ["A", "B"]}, {}, 0),
    ({"type": "at_most", "count": 1, "tag": "tag", "equals": "x"}, {"A": (0, 0), "B": (0, 0)}, -1),
    ({"type": "at_most", "count": 1, "tag": "tag", "equals": "x"}, {"A": (0, 0), "C": (0, 0)}, 0),
    ({"type": "at_least", "count": 2, "initiatives": ["A", "B"]}, {"A": (0, 0)}, -1),
    ({"type": "fund", "initiative": "A"}, {"A": (1, Q2)}, 0),
    ({"type": "fund", "initiative": "A"}, {}, -1),
    ({"type": "exclude", "initiative": "A"}, {"A": (0, Q1)}, -1),
    (FIX, {"A": (1, Q2)}, 0),
    (FIX, {"A": (1, Q1)}, -1),
    (FIX, {"A": (0, Q2)}, -1),
    (HALF, {"A": (0, 0), "C": (0, 0)}, 0),
    (HALF, {"A": (0, 0)}, -50),
    (TENTH, {"A": (0, 0), "B": (0, 0)}, 0),
    (TENTH, {"A": (0, 0)}, -100),
    ({"type": "synergy", "initiatives": ["A", "B"], "value": 5}, {"A": (0, 0)}, None),
]


class TestRules:
    @pytest.mark.parametrize(("rule", "placed", "slack"), CASES)
    def test_slack_is_counted_and_below_zero_is_a_breach(
        self, rule: Document, placed: dict[str, tuple[int, int]], slack: int | None
    ) -> None:
        found = account(two_by_two(rule), **placed)
        state = rule_states(found)[0]
        assert state.slack == slack
        assert state.binding == (slack is not None and slack <= 0)
        owners = [breach.owner for breach in breaches(found)]
        assert owners == (["rule:R1"] if slack is not None and slack < 0 else [])


class TestLimits:
    def test_an_overspent_fund_names_choices_that_can_never_stand_together(self) -> None:
        document = two_by_two(budget=[150, 1000])
        found = breaches(account(document, A=(0, Q1), B=(0, Q2), C=(0, Q1)))
        assert "overspent by 50 in 2027-Q1" in found[0].text
        assert {placement.initiative for placement in found[0].cover} == {0, 2}

    def test_a_hard_team_limit_is_kept(self) -> None:
        team = {"key": "team", "unit": "days", "available": [5, 5]}
        document = problem_file(
            initiative("A", option(demand={"team": [3]})),
            initiative("B", option(demand={"team": [3]})),
            capacities=[team],
        )
        assert breaches(account(document, A=(0, Q1), B=(0, Q2))) == []
        assert "lacks 1 days in 2027-Q1" in breaches(account(document, A=(0, 0), B=(0, 0)))[0].text

    def test_a_choice_the_option_does_not_offer_is_a_breach(self) -> None:
        document = problem_file(initiative("A", option(start=["2027-Q1"])))
        assert "cannot start then" in breaches(account(document, A=(0, Q2)))[0].text
        twice = Account(parse_problem(document), (Placement(0, 0, 0), Placement(0, 0, 0)))
        assert "chosen twice" in breaches(twice)[0].text
