"""The chart of a frontier: steps from zero, this plan on it, the ranked list below."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.portfolio.engine import parse_problem
from app.portfolio.presenters.frontier import Chart, Mark, frontier_chart
from app.portfolio.queries.answers import Answer
from tests.factories.problems import problem_file, simple

M = 1_000_000_00


def document(*points: tuple[int, int | None], gap: float = 0.0) -> dict[str, Any]:
    return {
        "currency": "EUR",
        "points": [
            {"budget": budget, "value": value, "gap": gap, "funded": ["A"], "entered": []}
            for budget, value in points
        ],
    }


def answer(
    *, value: int = 5 * M, shortfall: int = 0, budget: int = 2 * M, status: str = "optimal"
) -> Answer:
    result = {
        "currency": "EUR", "value": value, "funded": [{}, {}], "funds": [{"budget": [budget]}],
        "status": status,
        "greedy": {"list": "value", "value": value - shortfall, "shortfall": shortfall},
    }  # fmt: skip
    return Answer(parse_problem(problem_file(simple("A", 1))), result, {}, "", "")


@pytest.fixture
def drawn(app: Flask) -> Any:
    def draw(*arguments: Any) -> Chart | None:
        with app.app_context():
            return frontier_chart(*arguments)

    return draw


class TestChart:
    def test_begins_at_zero_and_ends_at_a_round_figure(self, drawn: Any) -> None:
        chart = drawn(document((M, 3 * M), (3 * M, 6 * M)), answer())
        assert [tick["label"] for tick in chart.y_ticks] == [
            "0", "€1m", "€2m", "€3m", "€4m", "€5m", "€6m",
        ]  # fmt: skip
        assert chart.points[-1]["y"] == 0
        assert chart.x_ticks[0]["at"] == 0
        assert all(0 <= point["x"] <= 100 for point in chart.points)

    def test_says_what_the_ranked_list_falls_short_by(self, drawn: Any) -> None:
        chart = drawn(document((M, 3 * M), (3 * M, 6 * M)), answer(shortfall=M))
        assert chart.against["text"] == "\u2212€1m for the same money"
        assert chart.against["y"] > chart.now["y"]

    def test_leaves_the_ranked_list_out_where_it_does_as_well(self, drawn: Any) -> None:
        assert drawn(document((M, 3 * M), (3 * M, 6 * M)), answer()).against is None

    def test_says_what_the_next_money_adds(self, drawn: Any) -> None:
        chart = drawn(document((M, 3 * M), (3 * M, 6 * M)), answer())
        assert chart.says == "€1m more adds €1m"
        assert drawn(document((M, 3 * M), (2 * M, 5 * M)), answer()).says == (
            "more money adds nothing"
        )

    def test_claims_no_more_than_is_proven(self, drawn: Any) -> None:
        points = document((M, 3 * M), (3 * M, 6 * M), gap=0.035)
        chart = drawn(points, answer())
        assert chart.says == "€1m more adds at least €1m"
        assert chart.caveat == (
            "The points are the best plans found: at 2 budgets up to 3.5\u202f% more may be "
            "possible."
        )
        found = drawn(points, answer(status="time_limit"))
        assert found.says == ("with €1m more a plan was found that is worth €1m more")
        assert drawn(document((M, 3 * M), (3 * M, 5 * M), gap=0.1), answer()).says == (
            "nothing found that more money adds"
        )
        assert drawn(document((M, 3 * M), (3 * M, 6 * M)), answer()).caveat == ""

    def test_marks_other_scenarios_but_none_far_outside(self, drawn: Any) -> None:
        marks = [Mark("B", M, 2 * M), Mark("C", 90 * M, 9 * M)]
        chart = drawn(document((M, 3 * M), (3 * M, 6 * M)), answer(), marks)
        assert [mark["label"] for mark in chart.others] == ["B"]

    def test_is_not_drawn_from_one_point(self, drawn: Any) -> None:
        assert drawn(document((M, None), (3 * M, 6 * M)), answer()) is None
