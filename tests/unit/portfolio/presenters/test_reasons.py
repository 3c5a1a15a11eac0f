"""A reason why something is not funded is only given where it is true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.portfolio.engine import parse_problem
from app.portfolio.engine.problem import Placement
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.reasons import not_funded_reasons


@pytest.fixture(autouse=True)
def _reader() -> Iterator[None]:
    """Money is written in somebody's locale."""
    app = Flask("reasons")
    app.config["LOCALE"] = "en_GB"
    with app.app_context():
        yield


def document(*, starts: list[str], budget: list[int]) -> dict[str, Any]:
    def initiative(key: str, spend: int, at: list[str]) -> dict[str, Any]:
        return {
            "key": key,
            "name": key,
            "options": [{"key": "full", "spend": {"capex": [spend]}, "start": at, "value": 500}],
        }

    quarters = ["2027-Q1", "2027-Q2", "2027-Q3"]
    return {
        "format": "waymark/problem",
        "version": 1,
        "currency": "EUR",
        "quarters": quarters,
        "funds": [{"key": "capex", "budget": budget, "carry_over": 0}],
        "capacities": [],
        "pools": [],
        "initiatives": [initiative("A", 100, ["2027-Q2"]), initiative("B", 100, starts)],
        "rules": [{"key": "R1", "type": "requires", "initiative": "B", "needs": "A", "lag": 1}],
    }


def reason(starts: list[str], budget: list[int]) -> str | None:
    """Why B is out while A is funded from 2027-Q2 on."""
    problem = parse_problem(document(starts=starts, budget=budget))
    return not_funded_reasons(problem, (Placement(0, 0, 1),), Names({})).get("B")


class TestNotFundedReasons:
    def test_names_no_start_that_comes_before_what_is_needed(self) -> None:
        words = reason(["2027-Q1", "2027-Q3"], [99, 100, 10])
        assert words is not None
        assert "Q3 2027" in words
        assert "Q1 2027" not in words

    def test_says_when_what_is_needed_comes_too_late(self) -> None:
        assert reason(["2027-Q1", "2027-Q2"], [100, 200, 100]) == (
            "A is planned too late for it: it has no start after that."
        )

    def test_says_nothing_where_it_would_fit(self) -> None:
        assert reason(["2027-Q3"], [0, 100, 100]) is None


class TestNearest:
    """B does not fit; its words name all that is short of its nearest start."""

    def words(self, *options: dict[str, Any], **changes: Any) -> str | None:
        funded = {"key": "full", "spend": {"capex": [100]}, "start": ["2027-Q1"], "value": 500}
        given = document(starts=["2027-Q1"], budget=[0]) | {
            "quarters": [f"202{year}-Q{number}" for year in (7, 8) for number in (1, 2, 3, 4)],
            "funds": [
                {"key": "capex", "budget": changes.pop("budget"),
                 "carry_over": changes.pop("carry_over", 0)}
            ],
            "initiatives": [
                {"key": "A", "name": "A", "options": [funded]},
                {"key": "B", "name": "B", "options": [
                    {"key": f"o{place}", "start": ["2027-Q1"], "value": 500} | option
                    for place, option in enumerate(options)
                ]},
            ],
            "rules": [],
        } | changes  # fmt: skip
        problem = parse_problem(given)
        return not_funded_reasons(problem, (Placement(0, 0, 0),), Names({})).get("B")

    def test_names_every_short_quarter_and_team(self) -> None:
        team = {"key": "digital", "unit": "person-days", "available": [0, 8] + [0] * 6}
        option = {
            "spend": {"capex": [120_00, 0, 40_00]}, "demand": {"digital": [0, 20]}
        }  # fmt: skip
        said = self.words(option, budget=[110, 0, 5_00] + [0] * 5, capacities=[team])
        assert said == (
            "No option fits beside the funded ones. The nearest is “o0” from Q1 2027: capex Q1 "
            "2027 short €119.90 and Q3 2027 short €35.00; digital Q2 2027 short 12 person-days."
        )

    def test_is_what_lacks_least_of_all_it_asks_for(self) -> None:
        # o0 lacks little in its first quarter and everything later; o1 a quarter of all.
        first, second = {"spend": {"capex": [110, 900]}}, {"spend": {"capex": [400]}}
        said = self.words(first, second, budget=[400] + [0] * 7)
        assert said is not None
        assert "The nearest is “o1” from Q1 2027: capex Q1 2027 short €1.00." in said

    def test_counts_what_would_have_moved_on(self) -> None:
        # Without B 100 move on from Q1; with it 20 do, and Q2 has 30 of its own for 100.
        option = {"spend": {"capex": [80, 100]}}
        said = self.words(option, budget=[200, 30] + [0] * 6, carry_over=1)
        assert said is not None
        assert "capex Q2 2027 short €0.50." in said

    def test_tells_many_quarters_together(self) -> None:
        said = self.words({"spend": {"capex": [1_00] * 8}}, budget=[100] + [0] * 7)
        assert said is not None
        assert "capex short €8.00 in all, in 8 quarters from Q1 2027 to Q4 2028." in said
