"""Problem files are solved and results verified without web or database."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.portfolio import portfolio_cli
from tests.factories.problems import Document, problem_file, simple


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def written(folder: Path, document: Document) -> str:
    path = folder / "problem.json"
    path.write_text(json.dumps(document))
    return str(path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(portfolio_cli, list(arguments))


TWO = problem_file(simple("CX-1", 12_345_67, 600), simple("CX-2", 500, 600), quarters=1)


class TestSolve:
    def test_prints_a_table_a_person_can_read(self, folder: Path) -> None:
        found = run("solve", written(folder, TWO))
        assert found.exit_code == 0
        assert found.output.startswith("Proven optimal: EUR 12,345.67.")
        assert "CX-1        o       2027-Q1   6.00  12,345.67" in found.output
        assert "Not funded: CX-2" in found.output

    def test_prints_the_result_file_on_request(self, folder: Path) -> None:
        found = run("solve", written(folder, TWO), "--json", "--time-limit", "20", "--gap", "0.01")
        assert found.exit_code == 0
        assert json.loads(found.output)["value"] == 12_345_67

    def test_gives_the_solvers_the_memory_of_the_setting(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SOLVER_MEMORY_MB", "8")
        found = run("solve", written(folder, TWO))
        assert found.exit_code == 0
        assert found.output.startswith("The solver failed; best plan found before:")

    def test_exits_with_2_and_the_places_of_a_bad_file(self, folder: Path) -> None:
        bad = TWO | {"funds": [{"key": "money", "budget": [-1]}]}
        found = run("solve", written(folder, bad))
        assert found.exit_code == 2
        assert "$.funds[0].budget[0]: must not be negative" in found.output

    def test_lays_out_what_is_paid_for_a_broken_soft_rule(self, folder: Path) -> None:
        rule = {"key": "R", "type": "exclude", "initiative": "CX-1", "price": 34567}
        found = run("solve", written(folder, TWO | {"rules": [rule]}))
        assert found.exit_code == 0
        lines = [" ".join(line.split()) for line in found.output.splitlines()]
        assert lines[0] == "Proven optimal: EUR 12,000.00."
        assert "Total 6.00 12,345.67" in lines
        assert "Paid for R \u2212345.67" in lines
        assert "Value 12,000.00" in lines
        assert "R (exclude) is missed by 1 and costs 345.67" in lines

    @pytest.mark.parametrize(
        ("setting", "value", "said"),
        [
            ("FILE_MEGABYTES", "0", "at most 0.0 MB is read. Split the portfolio or raise the"),
            ("FILE_INITIATIVES", "1", "has 2 entries; at most 1 are read"),
            ("FILE_RULES", "0", "has 1 entries; at most 0 are read"),
        ],
    )
    def test_reads_no_more_than_the_settings_allow(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, said: str
    ) -> None:
        monkeypatch.setenv(setting, value)
        rule = {"key": "R", "type": "exclude", "initiative": "CX-1"}
        found = run("solve", written(folder, TWO | {"rules": [rule]}))
        assert found.exit_code == 2
        assert said in found.output

    @pytest.mark.parametrize("command", ["solve", "frontier", "conflicts"])
    def test_exits_with_2_for_what_is_no_file(self, folder: Path, command: str) -> None:
        pipe = folder / "pipe"
        os.mkfifo(pipe)  # reading it would wait for a writer for ever
        assert run(command, "/nonexistent.json").exit_code == 2
        assert run(command, str(folder)).exit_code == 2
        for path in (str(pipe), "/dev/zero"):
            found = run(command, path)
            assert found.exit_code == 2
            assert "is no ordinary file" in found.output

    def test_counts_the_faults_it_does_not_list(self, folder: Path) -> None:
        rules = [{"key": f"R{k}", "type": "fund", "initiative": "none"} for k in range(60)]
        found = run("solve", written(folder, TWO | {"rules": rules}))
        assert found.exit_code == 2
        assert found.output.count("no initiative of this problem") == 50
        assert "… and 10 more" in found.output

    def test_names_a_few_of_many_rules_at_their_limit(self, folder: Path) -> None:
        rules = [{"key": f"R{k:03d}", "type": "fund", "initiative": "CX-1"} for k in range(60)]
        found = run("solve", written(folder, TWO | {"rules": rules}))
        assert "R019 and 40 more" in found.output

    def test_exits_with_3_when_the_limits_cannot_hold_together(self, folder: Path) -> None:
        rules = [{"key": key, "type": "fund", "initiative": key} for key in ("CX-1", "CX-2")]
        found = run("solve", written(folder, TWO | {"rules": rules}))
        assert found.exit_code == 3
        assert "No plan can keep every limit and rule." in found.output
        assert "A plan would be possible without:" in found.output

    def test_exits_with_4_when_there_is_no_plan_in_time(self, folder: Path) -> None:
        # No ranked list serves the floor of a share; the search would need more than no time.
        floor = {"key": "R", "type": "share", "tag": "x", "equals": "y", "at_least": 0.9,
                 "of": "spend"}  # fmt: skip
        held = {"key": "F", "type": "fund", "initiative": "A"}
        document = problem_file(
            simple("A", 50, 100), simple("B", 1, 900, x="y"), rules=[floor, held], quarters=1
        )
        found = run("solve", written(folder, document), "--time-limit", "0.1")
        assert found.exit_code in (0, 4)  # 0 where a process starts in less than a tenth
        if found.exit_code == 4:
            assert "No plan was found in time." in found.output


class TestVerify:
    def test_says_that_every_figure_holds(self, folder: Path) -> None:
        problem = written(folder, TWO)
        result = folder / "result.json"
        result.write_text(run("solve", problem, "--json").output)
        found = run("verify", problem, str(result))
        assert (found.exit_code, found.output) == (0, "Every figure holds.\n")

    def test_lists_what_differs_and_exits_with_1(self, folder: Path) -> None:
        problem = written(folder, TWO)
        stated = json.loads(run("solve", problem, "--json").output)
        result = folder / "result.json"
        result.write_text(json.dumps(stated | {"value": 1}))
        found = run("verify", problem, str(result))
        assert found.exit_code == 1
        assert "$.value: stated 1, recounted 1234567" in found.output

    def test_exits_with_2_for_a_result_that_is_no_file_or_too_large(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        problem = written(folder, TWO)
        pipe = folder / "pipe"
        os.mkfifo(pipe)
        found = run("verify", problem, str(pipe))
        assert (found.exit_code, "is no ordinary file" in found.output) == (2, True)
        monkeypatch.setenv("FILE_MEGABYTES", "1")
        result = folder / "result.json"
        result.write_text(" " * 2_000_000)
        found = run("verify", problem, str(result))
        assert found.exit_code == 2
        assert "is 2.0 MB; at most 1.0 MB is read" in found.output

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "[]",
            '{"format": "other"}',
            '{"a": NaN',
            "[" * 100_000,
            "\\ud800",
            "1" * 5000,
            '{"format": "waymark/result", "value": 1' + "0" * 5000 + "}",
        ],
    )
    def test_exits_with_2_for_something_else(self, folder: Path, content: str) -> None:
        result = folder / "result.json"
        result.write_text(content)
        found = run("verify", written(folder, TWO), str(result))
        assert found.exit_code == 2
        assert "result.json" in found.output
