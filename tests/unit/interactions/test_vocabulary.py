from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from app.interactions.engine.log import LOG_FILE
from app.interactions.engine.mapping import Mapping
from app.interactions.engine.plain import plain_file
from app.interactions.engine.requests import ReadReport
from app.interactions.engine.vocabulary import PIECE, Vocabulary, few_words
from tests.unit.interactions.logs import mapping, read, rows

ROWS = 12_000
REASONS = ("Where is my claim?", "Change address")
LATE = 900
"""A row that stands in no piece: the first piece ends before it, and the next begins after it."""


def _line(number: int, reason: str = "", result: str = "", ok: str = "yes") -> str:
    reason = reason or REASONS[number % 2]
    result = result or ("Left" if number % 3 == 0 else "Solved")
    when = f"2026-05-04 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
    return f"{number},{when},K{number % 500},Phone,{reason},Today,{result},{ok},4.20,6,8"


def _log(change: dict[int, str] | None = None, line: Callable[[int], str] = _line) -> str:
    lines = [line(number) for number in range(ROWS)]
    for place, other in (change or {}).items():
        lines[place] = other
    return rows(*lines)


def _few(folder: Path, content: str, by: Mapping | None = None) -> Vocabulary:
    file = folder / "pieces.csv"
    file.write_text(content, encoding="utf-8")
    return few_words(plain_file(file, file.name, "utf-8", folder), by or mapping())


def _kept(folder: Path, what: str) -> list[tuple]:
    path = folder / "log" / LOG_FILE
    return duckdb.sql(f"SELECT {what} FROM read_parquet('{path}')").fetchall()


def _said(report: ReadReport) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.severity) for one in report.issues]


class TestFewWords:
    def test_are_those_of_columns_that_are_read_for_words_only(self, tmp_path: Path) -> None:
        assert _few(tmp_path, _log()) == {
            "through": ("Phone",), "why": ("Change address", "Where is my claim?"),
            "wanted": ("Today",), "result": ("Left", "Solved"), "ok": ("yes",),
        }  # fmt: skip

    def test_are_of_no_column_that_says_more_than_words(self, tmp_path: Path) -> None:
        few = _few(tmp_path, _log(), mapping(reason={"column": "length"}))
        assert "length" not in few

    @pytest.mark.parametrize(
        "reason", [" Cancel", "Cancel ", "x" * 401, "Can\u202ecel", "\u00a0Cancel"]
    )
    def test_are_of_no_column_in_which_something_is_to_do(
        self, tmp_path: Path, reason: str
    ) -> None:
        few = _few(tmp_path, _log({1: _line(1, reason), 2: _line(2, reason)}))
        assert "why" not in few
        assert "result" in few

    def test_are_of_no_column_with_a_word_that_means_nothing(self, tmp_path: Path) -> None:
        few = _few(tmp_path, _log(), mapping(missing=["Solved"]))
        assert "result" not in few

    def test_are_of_no_column_in_which_a_word_stands_once(self, tmp_path: Path) -> None:
        assert "why" not in _few(tmp_path, _log({1: _line(1, "Something rare")}))

    def test_are_of_no_column_with_many(self, tmp_path: Path) -> None:
        few = _few(tmp_path, _log(line=lambda number: _line(number, f"Case {number % 300}")))
        assert "why" not in few

    def test_are_not_told_of_a_small_file(self, tmp_path: Path) -> None:
        assert _few(tmp_path, rows(*map(_line, range(50)))) == {}


class TestLogsOfFewWords:
    def test_are_read_as_they_stand(self, tmp_path: Path) -> None:
        report = read(tmp_path, _log())
        assert (report.rows, report.errors, report.kept) == (ROWS, 0, ROWS)
        assert _kept(tmp_path, "sum(is_lost::INT), sum(unmet), sum(judged)") == [
            (ROWS // 3, 0, ROWS)
        ]
        numbers = [int(one) for (one,) in _kept(tmp_path, "id")]
        assert numbers == list(range(ROWS))
        assert _kept(tmp_path, "any_value(typeof(reason)), list(DISTINCT reason ORDER BY reason)")[
            0
        ] == ("VARCHAR", sorted(REASONS))

    def test_take_words_in_any_capitals(self, tmp_path: Path) -> None:
        content = _log(line=lambda number: _line(number, ok=("YES", "yes", "No", "")[number % 4]))
        read(tmp_path, content)
        quarter = ROWS // 4
        assert _kept(tmp_path, "sum(judged), sum(unmet)") == [(3 * quarter, quarter)]

    def test_may_say_something_that_no_piece_says(self, tmp_path: Path) -> None:
        content = _log({LATE: _line(LATE, "Something new", " Left ")})
        assert PIECE < content.index("Something new") < len(content) // 8
        assert "why" in _few(tmp_path, content)
        assert read(tmp_path, content).kept == ROWS
        kept = _kept(tmp_path, "reason, outcome, is_lost")
        assert kept[LATE] == ("Something new", "Left", True)
        assert kept[LATE + 1] == (REASONS[1], "Solved", False)

    @pytest.mark.parametrize("reason", ["x" * 401, "Can\u202ecel", "Write to a.person@example.com"])
    def test_name_the_row_of_a_fault_that_no_piece_has(self, tmp_path: Path, reason: str) -> None:
        content = _log({LATE: _line(LATE, reason)})
        assert "why" in _few(tmp_path, content)
        report = read(tmp_path, content, leave_out_errors=True)
        assert (report.errors, report.kept) == (1, ROWS - 1)
        assert _said(report) == [(LATE + 2, "why", "error")]

    def test_name_lines_that_are_no_rows_once(self, tmp_path: Path) -> None:
        content = _log({50: "50,too,few", LATE: _line(LATE, "Something new"), 9_000: "9000,few"})
        report = read(tmp_path, content, leave_out_errors=True)
        assert (report.errors, report.kept, report.issue_count) == (2, ROWS - 2, 2)
        assert _said(report) == [(52, "", "error"), (9_002, "", "error")]
        assert len(_kept(tmp_path, "id")) == ROWS - 2

    def test_may_have_cells_of_several_lines(self, tmp_path: Path) -> None:
        several = [f'{number},2026-05-04,"K\n{number}, or so",Phone,Late,Today,Left,yes,4.20,6,8'
                   for number in range(ROWS)]  # fmt: skip
        assert read(tmp_path, rows(*several)).kept == ROWS
        assert _kept(tmp_path, "count(DISTINCT customer), min(reason), max(reason)") == [
            (ROWS, "Late", "Late")
        ]

    def test_say_what_stands_in_a_cell_with_a_fault_of_another_column(self, tmp_path: Path) -> None:
        faulty = _line(LATE).replace("4.20", "dear")
        report = read(tmp_path, _log({LATE: faulty}), leave_out_errors=True)
        assert [one.message for one in report.issues] == ["“dear” is not a number."]
