"""Rows that came in before, or are not asked for, stay out, and how many they are is said."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from app.interactions.engine.counting import count_log
from app.interactions.engine.log import LOG_FILE, customer_pseudonym
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import (
    CountReport,
    CountRequest,
    KnownLog,
    LeftOut,
    ReadReport,
)
from tests.unit.interactions.logs import HEADER, ROW, SECRET, mapping, read, row, rows, said


def _at(tmp_path: Path, number: int) -> Path:
    folder = tmp_path / str(number)
    folder.mkdir(exist_ok=True)
    return folder


def _known(tmp_path: Path, *numbers: int) -> tuple[KnownLog, ...]:
    return tuple(
        KnownLog(source_id=one, name=f"{one}.csv", folder=str(tmp_path / str(one) / "log"))
        for one in numbers
    )


def _read(
    tmp_path: Path, number: int, content: bytes | str, *known: int, **asked: Any
) -> ReadReport:
    """Read a file as import `number`, beside the imports `known`."""
    return read(_at(tmp_path, number), content, known=_known(tmp_path, *known), **asked)


def _ids(tmp_path: Path, number: int) -> list[str]:
    log = tmp_path / str(number) / "log" / LOG_FILE
    return [one for (one,) in duckdb.sql(f"SELECT id FROM '{log}' ORDER BY id").fetchall()]


def _count(tmp_path: Path, number: int, *replaced: int) -> CountReport:
    """An import as it counts beside later ones."""
    request = CountRequest(
        folder=str(tmp_path / str(number) / "log"), source_id=number,
        replaced=tuple(str(tmp_path / str(one) / "log") for one in replaced),
    )  # fmt: skip
    return count_log(request)


def _score(tmp_path: Path, number: int, *replaced: int) -> int:
    """All its scores together."""
    lines = _count(tmp_path, number, *replaced).lines
    return sum(line.score_micro for line in lines) // 1_000_000


FIRST = [row(id=str(n), who=f"K{n}", score=str(n % 10)) for n in range(1, 10)]


class TestKnownRows:
    def test_are_left_out_however_the_file_is_written_again(self, tmp_path: Path) -> None:
        _read(tmp_path, 1, rows(*FIRST, row(id="10", why="Straße")))
        again = [*FIRST, row(id="10", why="Straße"), row(id="11")]
        random.Random(1).shuffle(again)
        own = mapping(encoding="utf-16")
        report = _read(tmp_path, 2, rows(*again).encode("utf-16"), 1, mapping=own)
        assert (report.rows, report.errors, report.kept, report.known_count) == (11, 0, 1, 10)
        assert [(one.source_id, one.same, one.changed) for one in report.known] == [(1, 10, 0)]
        assert "10 rows stand in “1.csv” (import 1) already" in report.issues[0].message
        assert _ids(tmp_path, 2) == ["11"]

    def test_bar_nothing_but_themselves(self, tmp_path: Path) -> None:
        _read(tmp_path, 1, rows(*FIRST))
        lines = rows(*FIRST, row(id="11", score="?"), row(id="12"))
        report = _read(tmp_path, 2, lines, 1, leave_out_errors=True)
        assert (report.errors, report.kept, report.known_count) == (1, 1, 9)
        report = _read(tmp_path, 3, rows(*FIRST), 1)
        assert (report.errors, report.kept, report.known_count) == (0, 0, 9)

    def test_are_found_where_texts_are_masked(self, tmp_path: Path) -> None:
        lines = rows(row(why="Call 0170 1234567"))
        _read(tmp_path, 1, lines, personal_data="mask")
        report = _read(tmp_path, 2, lines, 1, personal_data="mask")
        assert (report.kept, report.known_count) == (0, 1)


class TestChangedRows:
    LINES = rows(*FIRST[:8], row(id="9", who="K9", score="1", result="Left"), row(id="11"))

    def test_are_refused_naming_what_differs(self, tmp_path: Path) -> None:
        _read(tmp_path, 1, rows(*FIRST))
        report = _read(tmp_path, 2, self.LINES, 1)
        assert (report.errors, report.kept, report.known_count) == (1, 0, 8)
        assert said(report) == [(0, "id", "note"), (10, "id", "error")]
        words = "stands in “1.csv” (import 1) with another lost and outcome and score"
        assert words in report.issues[1].message
        assert _read(tmp_path, 2, self.LINES, 1, leave_out_errors=True).kept == 1
        assert _ids(tmp_path, 2) == ["11"]

    def test_can_take_the_place_of_the_earlier_ones(self, tmp_path: Path) -> None:
        _read(tmp_path, 1, rows(*FIRST))
        assert _score(tmp_path, 1) == 45
        report = _read(tmp_path, 2, self.LINES, 1, changed="replace")
        assert (report.errors, report.kept, report.known_count) == (0, 2, 8)
        assert (_score(tmp_path, 1), _score(tmp_path, 1, 2), _score(tmp_path, 2)) == (45, 36, 9)
        (told,) = _count(tmp_path, 1, 2).issues
        assert told.message.startswith("Left out of the count: 1 row,")

    def test_are_compared_with_the_latest_and_take_the_place_of_all(self, tmp_path: Path) -> None:
        for number, score in ((1, "3"), (2, "4")):
            _read(tmp_path, number, rows(row(score=score)), *range(1, number), changed="replace")
        assert _read(tmp_path, 3, rows(row(score="4")), 1, 2).known_count == 1
        assert said(_read(tmp_path, 3, rows(row(score="3")), 1, 2)) == [(2, "id", "error")]
        _read(tmp_path, 3, rows(row(score="3")), 1, 2, changed="replace")
        scores = [_score(tmp_path, 1, 2, 3), _score(tmp_path, 1, 3), _score(tmp_path, 2, 3)]
        assert (scores, _score(tmp_path, 3)) == ([0, 0, 0], 3)

    def test_need_the_log_they_are_compared_with(self, tmp_path: Path) -> None:
        with pytest.raises(FileRefusedError, match=r"“7\.csv” \(import 7\), which this one"):
            _read(tmp_path, 8, rows(ROW), 7)


class TestRowsWithoutIds:
    OWN = mapping(id=None)

    def _second(self, tmp_path: Path, lines: list[str]) -> list[str]:
        _read(tmp_path, 1, rows(*FIRST), mapping=self.OWN)
        report = _read(tmp_path, 2, rows(*lines), 1, mapping=self.OWN)
        assert (report.errors, report.kept) == (0, len(lines))
        return [one.message for one in report.issues]

    def test_are_told_where_many_came_in_before(self, tmp_path: Path) -> None:
        new = [row(who=f"N{n}") for n in range(9)]
        (told,) = self._second(tmp_path, [*FIRST[::-1], *new])
        assert "9 rows of 18 (50 %) say in every column what rows of “1.csv”" in told

    def test_are_not_told_where_few_did_or_the_days_are_others(self, tmp_path: Path) -> None:
        new = [row(who=f"N{n}") for n in range(9)]
        assert self._second(tmp_path, [FIRST[0], *new]) == []
        later = [one.replace("2026-05-04", "2026-06-04") for one in FIRST]
        assert self._second(tmp_path, later) == []

    def test_count_as_often_as_they_stand_in_both(self, tmp_path: Path) -> None:
        assert self._second(tmp_path, [FIRST[0]] * 9) == []


class TestOtherSources:
    """A file that another source of the journey brought is taken in and said to repeat it."""

    TIMED = [
        row(id=str(n), who=f"K{n % 7}", when=f"2026-05-{n:02} 10:{n:02}") for n in range(1, 21)
    ]

    def _second(self, tmp_path: Path, lines: list[str], **changes: Any) -> list[str]:
        _read(tmp_path, 1, rows(*self.TIMED), mapping=mapping(**changes))
        own = mapping(**{"id": None} | changes)
        report = read(_at(tmp_path, 2), rows(*lines), beside=_known(tmp_path, 1), mapping=own)
        assert (report.errors, report.kept) == (0, len(lines))
        return [one.message for one in report.issues]

    def test_are_told_where_nothing_but_the_id_was_left_out(self, tmp_path: Path) -> None:
        (told,) = self._second(tmp_path, self.TIMED)
        assert "20 rows of 20 (100 %) say in every column what rows of “1.csv”" in told

    def test_are_told_by_moment_and_customer(self, tmp_path: Path) -> None:
        lines = [one.replace("Where is my claim?", "Claim") for one in self.TIMED[:5]]
        new = [row(id=f"n{n}", who=f"N{n}", when=f"2026-05-{n:02} 11:00") for n in range(1, 16)]
        (told,) = self._second(tmp_path, [*lines, *new])
        assert "5 rows of 20 (25 %) have the moment and the customer of rows of “1.csv”" in told
        assert "name the same system" in told

    def test_are_told_of_the_same_source_where_their_ids_are_others(self, tmp_path: Path) -> None:
        _read(tmp_path, 1, rows(*self.TIMED))
        renamed = [f"x{one}".replace("Solved", "Done") for one in self.TIMED]
        (told,) = _read(tmp_path, 2, rows(*renamed), 1).issues
        assert "20 rows of 20 (100 %) have the moment and the customer of rows of" in told.message

    def test_are_told_by_moment_and_reason_without_customers(self, tmp_path: Path) -> None:
        lines = [one.replace("Solved", "Done") for one in self.TIMED]
        (told,) = self._second(tmp_path, lines, customer=None, id="id")
        assert "have the moment and the reason of rows of “1.csv”" in told

    def test_are_not_told_where_days_and_reasons_are_alike_by_chance(self, tmp_path: Path) -> None:
        daily = [row(id=str(n), when=f"2026-05-{n:02}", score="1") for n in range(1, 29)]
        _read(tmp_path, 1, rows(*daily), mapping=mapping(customer=None))
        other = rows(*(one.replace(",1", ",2") for one in daily))
        own = mapping(customer=None, id=None)
        report = read(_at(tmp_path, 2), other, beside=_known(tmp_path, 1), mapping=own)
        assert report.issues == ()

    def test_are_not_told_where_other_customers_came_at_the_same_moments(
        self, tmp_path: Path
    ) -> None:
        lines = [one.replace(",K", ",N") for one in self.TIMED]
        assert self._second(tmp_path, lines) == []

    def test_bar_nothing_when_their_log_is_gone(self, tmp_path: Path) -> None:
        assert read(tmp_path, rows(ROW), beside=_known(tmp_path, 7)).issues == ()


class TestRowsLeftOut:
    def test_by_the_mapping_are_told_with_their_rule(self, tmp_path: Path) -> None:
        own = mapping(only={"column": "kind", "words": ["call"]}, contacts="n", customer=None,
                      id=None)  # fmt: skip
        cells = ("call,1", "chat,1", "call,0", "call,", "chat,1", "call,2")
        lines = rows(*(f"{ROW},{one}" for one in cells), header=HEADER + ",kind,n")
        report = read(tmp_path, lines, mapping=own)
        assert report.left_out == (
            LeftOut(rule="only", column="kind", rows=2, examples=(3, 6)),
            LeftOut(rule="contacts", column="n", rows=2, examples=(4, 5)),
        )
        assert (report.rows, report.errors, report.contacts) == (2, 0, 3)
        assert said(report) == [(0, "kind", "note"), (0, "n", "note")]
        assert "takes only rows with “call”; rows 3, 6." in report.issues[0].message

    def test_of_several_columns_of_contacts_are_those_with_none(self, tmp_path: Path) -> None:
        gone = dict.fromkeys(("customer", "id", "met", "cost", "minutes", "score", "channel"))
        spread = [{"contacts": "a", "channel": "web"}, {"contacts": "b"}]
        own = mapping(**gone, spread=spread)
        lines = rows(*(f"{ROW},{one}" for one in ("0,", "1,0", "0,0")), header=HEADER + ",a,b")
        (left,) = read(tmp_path, lines, mapping=own).left_out
        assert (left.rule, left.rows, left.examples) == ("contacts", 2, (2, 4))

    def test_of_erased_customers_are_only_counted(self, tmp_path: Path) -> None:
        erased = (customer_pseudonym("K2", SECRET),)
        lines = rows(ROW, row(id="2", who=" K2 ", score="?"), row(id="3", who=""))
        report = read(tmp_path, lines, erased=erased)
        assert report.left_out == (LeftOut(rule="erased", column="who", rows=1),)
        assert (report.rows, report.errors, report.kept) == (2, 0, 2)
        assert "1 row is of customers who were erased" in report.issues[0].message
        log = tmp_path / "log" / LOG_FILE
        assert duckdb.sql(f"SELECT count(*) FROM '{log}' WHERE id = '2'").fetchall() == [(0,)]
        with pytest.raises(FileRefusedError, match="1 row is of customers who were erased"):
            read(tmp_path, rows(row(who="K2")), erased=erased)
