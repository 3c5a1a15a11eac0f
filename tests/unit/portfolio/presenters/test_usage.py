"""What a plan uses and what was committed before it add up to the budget, to the cent."""

from __future__ import annotations

from flask import Flask

from app.portfolio.engine import parse_problem, result_json, solve
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.usage import fund_rows
from tests.factories.problems import initiative, option, problem_file


class TestFundRows:
    def test_what_is_committed_is_neither_used_nor_left(self, app: Flask) -> None:
        document = problem_file(
            initiative("A", option(spend={"money": [30_00]}, value=9)), budget=[100_00, 0]
        )
        document["funds"][0] |= {"carry_over": 0.5, "committed": [20_00, 50_00]}
        result = result_json(solve(parse_problem(document), time_limit=30))
        with app.app_context():
            (row,) = fund_rows(result, Names({}))
        assert [list(line[1:]) for line in row.exact] == [
            [f"€{amount}" for amount in ("100.00", "0.00", "20.00", "30.00", "50.00", "50.00")],
            [f"€{amount}" for amount in ("0.00", "50.00", "50.00", "0.00", "0.00", "0.00")],
        ]
        assert (row.total["used"], row.total["left"]) == ("€30", "€0 left")
        assert row.total["share"] == 100.0
