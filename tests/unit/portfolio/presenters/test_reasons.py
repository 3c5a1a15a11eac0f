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
            "A is planned too late for it: none of its starts lies behind that."
        )

    def test_says_nothing_where_it_would_fit(self) -> None:
        assert reason(["2027-Q3"], [0, 100, 100]) is None
