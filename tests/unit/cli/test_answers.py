"""Answers beside the plan are given on the command line, in words and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import app.cli
from tests.factories.problems import Document, problem_file, simple

TWO = problem_file(
    simple("CX-1", 12_345_67, 60_000), simple("CX-2", 500_000, 60_000), quarters=1,
    budget=[100_000], rules=[{"type": "exclude", "initiative": "CX-1"}],
)  # fmt: skip
FREE = TWO | {"rules": []}
BOTH = TWO | {
    "rules": [{"key": k, "type": "fund", "initiative": k} for k in ("CX-1", "CX-2")],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "problem.json"


def run(file: Path, document: Document, *arguments: str) -> Result:
    file.write_text(json.dumps(document))
    command, *rest = arguments
    return CliRunner().invoke(app.cli.portfolio_cli, [command, str(file), *rest])


class TestInWords:
    def test_frontier(self, file: Path) -> None:
        found = run(file, FREE, "frontier", "--points", "5", "--from", "0.5", "--to", "1.5")
        assert found.exit_code == 0, found.output
        assert "Value against all budgets, in EUR." in found.output
        assert "120.0%" in found.output or "125.0%" in found.output

    def test_frontier_where_no_budget_allows_a_plan(self, file: Path) -> None:
        for more in ((), ("--json",)):
            found = run(file, BOTH, "frontier", "--points", "3", "--to", "1", *more)
            assert found.exit_code == 3, found.output
            assert "No plan keeps all limits at any of these budgets." in found.stderr

    def test_explain(self, file: Path) -> None:
        found = run(file, FREE, "explain")
        assert found.exit_code == 0, found.output
        assert "CX-2: funding it loses 7,345.67, CX-1 out." in found.output
        assert "more budget" in found.output and "if it costs" in found.output

    def test_price(self, file: Path) -> None:
        found = run(file, TWO, "price")
        assert found.exit_code == 0, found.output
        assert "R1" in found.output and "7,345.67" in found.output

    def test_robust(self, file: Path) -> None:
        unsure = FREE | {"uncertainty": {"initiatives": {"CX-1": {"effect": [0.1, 1, 1.5]}}}}
        found = run(file, unsure, "robust", "--draws", "20")
        assert found.exit_code == 0, found.output
        assert "The plan as it is: P10" in found.output

    def test_outlook(self, file: Path) -> None:
        ranges = file.with_name("ranges.json")
        option = {"initiative": "CX-1", "id": 1, "option": "o", "cost": [0.5, 2], "effects": []}
        ranges.write_text(json.dumps({"discount_rate": 0.09, "pools": [], "options": [option]}))
        found = run(file, FREE, "outlook", "--ranges", str(ranges))
        assert found.exit_code == 0, found.output
        assert "1 of 1 inputs have a range" in found.output
        assert "Value: P10 12,345.67, P50 12,345.67" in found.output
        assert "cost of CX-1, o" in found.output
        assert run(file, FREE, "robust", "--draws", "10", "--ranges", str(ranges)).exit_code == 0
        ranges.write_text("[]")
        assert run(file, FREE, "outlook", "--ranges", str(ranges)).exit_code == 2

    def test_alternatives(self, file: Path) -> None:
        found = run(file, FREE, "alternatives", "--within", "1")
        assert found.exit_code == 0, found.output
        assert "CX-2" in found.output and "5,000.00" in found.output

    def test_conflicts(self, file: Path) -> None:
        found = run(file, BOTH, "conflicts")
        assert found.exit_code == 3
        assert "fund money" in found.output and "rule CX-1" in found.output
        assert "200.00 for money in 2027-Q1" in found.output
        assert run(file, FREE, "conflicts").exit_code == 0

    def test_compare(self, file: Path) -> None:
        other = file.with_name("other.json")
        other.write_text(json.dumps(FREE))
        found = run(file, TWO, "compare", str(other))
        assert found.exit_code == 0, found.output
        assert "added: CX-1" in found.output and "dropped: CX-2" in found.output
        assert run(file, TWO, "compare").exit_code == 2


class TestAsJson:
    @pytest.mark.parametrize(
        "command",
        ["frontier", "explain", "price", "marginal", "robust", "alternatives", "conflicts"],
    )
    def test_every_answer(self, file: Path, command: str) -> None:
        found = run(file, FREE, command, "--json")
        document = json.loads(found.output)
        assert (document["format"], document["kind"]) == ("waymark/answer", command)
        assert len(document["digest"]) == 64

    def test_remedies_can_be_applied(self, file: Path) -> None:
        row = json.loads(run(file, FREE, "explain", "--json").output)["rows"][0]
        assert {remedy["change"]["type"] for remedy in row["remedies"]} == {
            "add_budget", "cost_factor", "add_value",
        }  # fmt: skip


class TestRefusals:
    @pytest.mark.parametrize(
        "arguments",
        [("frontier", "--fund", "none"), ("frontier", "--from", "2", "--to", "1"),
         ("explain", "--only", "none")],
    )  # fmt: skip
    def test_exit_with_2(self, file: Path, arguments: tuple[str, ...]) -> None:
        assert run(file, FREE, *arguments).exit_code == 2

    def test_uncertainty_that_makes_no_sense(self, file: Path) -> None:
        for factors in ([3, 2, 1], [0, 1, 10**400], [0, 1, float("nan")], 5):
            found = run(file, FREE | {"uncertainty": {"default": {"cost": factors}}}, "robust")
            assert found.exit_code == 2
            assert "$.uncertainty.default.cost" in found.output

    @pytest.mark.parametrize("command", ["explain", "price", "robust", "alternatives"])
    def test_where_no_plan_is_possible_it_says_whom_to_ask(self, file: Path, command: str) -> None:
        found = run(file, BOTH, command)
        assert found.exit_code == 3
        assert "portfolio conflicts problem.json" in found.output
