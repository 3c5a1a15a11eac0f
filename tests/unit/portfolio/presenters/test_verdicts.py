"""What is said about a plan agrees with the gap beside it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.portfolio.presenters.names import Names
from app.portfolio.presenters.verdicts import plan_verdict, result_gap


@pytest.fixture
def result() -> dict[str, Any]:
    return {
        "status": "optimal", "value": 1_000_00, "bound": 1_000_01, "gap": 0.00001,
        "approximation": 0, "currency": "EUR",
    }  # fmt: skip


class TestGapOfAProvenPlan:
    def test_is_nothing(self, app: Flask, result: dict[str, Any]) -> None:
        with app.app_context():
            assert result_gap(result) == "0\u202f%"
            words = plan_verdict(result, Names({})).sentence
        assert words == "No other plan is worth more."

    def test_is_what_the_approximation_leaves_open(
        self, app: Flask, result: dict[str, Any]
    ) -> None:
        with app.app_context():
            approximated = result | {"approximation": 5}
            assert result_gap(approximated) == "<\u202f0.01\u202f%"
            verdict = plan_verdict(approximated, Names({}))
        assert verdict.word == "Proven optimal within €0.05"
        assert verdict.sentence.startswith("No other plan is worth more, but for at most €0.05:")

    def test_stays_where_nothing_is_proven(self, app: Flask, result: dict[str, Any]) -> None:
        with app.app_context():
            assert result_gap(result | {"status": "time_limit", "gap": 0.02}) == "2\u202f%"
