"""A log adds up per month, place, reason, segment and expectation."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.interactions.engine import counting
from app.interactions.engine.counting import count_log
from app.interactions.engine.duck import fetch
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import CountLine, CountRequest
from tests.unit.interactions.logs import mapping, read, row, rows


def _lines(folder: Path, *lines: str, **asked: object) -> tuple[CountLine, ...]:
    read(folder, rows(*lines), **asked)
    return count_log(CountRequest(folder=str(folder / "log"))).lines


class TestCountLog:
    def test_adds_up_what_is_alike(self, tmp_path: Path) -> None:
        (line,) = _lines(
            tmp_path,
            row(who="K1"),
            row(id="2", who="K2", ok="no", cost="0.80", score="", length="1.5", result="Left"),
            row(id="3", who="K3", ok="", cost="", result="Escalated"),
        )
        assert (line.month, line.channel, line.contacts) == (date(2026, 5, 1), "Phone", 3)
        assert (line.judged, line.unmet, line.lost, line.escalated) == (2, 1, 1, 1)
        assert (line.costed, line.cost_minor) == (2, 500)
        assert (line.timed, line.minutes_milli) == (3, 13_500)
        assert (line.scored, line.score_micro) == (2, 16_000_000)

    def test_weighs_a_score_by_the_answers_counted_beside_it(self, tmp_path: Path) -> None:
        header = "when,through,asked,yes,no,score"
        own = mapping(
            contacts="asked", met={"judged": ["yes", "no"], "met": ["yes"]},
            **dict.fromkeys(("id", "customer", "reason", "expected", "outcome", "cost", "minutes",
                             "lost", "escalated")),
        )  # fmt: skip
        lines = ("2026-05-04,Phone,100,30,10,8", "2026-05-05,Phone,50,,,2")
        read(tmp_path, rows(*lines, header=header), mapping=own)
        request = CountRequest(folder=str(tmp_path / "log"), mapping=own)
        (line,) = count_log(request).lines
        assert (line.contacts, line.judged, line.unmet) == (150, 40, 10)
        assert (line.scored, line.score_micro) == (40, 320_000_000)

    def test_refuses_columns_of_too_many_words_without_fetching_them_all(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(counting, "MOST_LINES", 2)
        fetched = []

        def kept(*asked: Any) -> list[tuple[Any, ...]]:
            fetched.append(fetch(*asked))
            return fetched[-1]

        monkeypatch.setattr(counting, "fetch", kept)
        lines = [row(id=str(n), why=f"Reason {n}") for n in range(9)]
        with pytest.raises(FileRefusedError, match="more than 2 different lines"):
            _lines(tmp_path, *lines)
        assert len(fetched[0]) == 3

    def test_tells_months_reasons_and_expectations_apart(self, tmp_path: Path) -> None:
        lines = _lines(
            tmp_path, row(), row(id="2", when="2026-06-01"), row(id="3", why="Bill"),
            row(id="4", wanted="Tomorrow"), row(id="5", why=""),
        )  # fmt: skip
        assert [(line.month.month, line.reason, line.expected) for line in lines] == [
            (5, "", "Today"),
            (5, "Bill", "Today"),
            (5, "Where is my claim?", "Today"),
            (5, "Where is my claim?", "Tomorrow"),
            (6, "Where is my claim?", "Today"),
        ]

    def test_calls_the_same_customer_with_the_same_reason_within_30_days_a_repeat(
        self, tmp_path: Path
    ) -> None:
        lines = _lines(
            tmp_path,
            row(),
            row(id="2", when="2026-06-03 10:00"),
            row(id="3", when="2026-07-04 10:00"),
            row(id="4", when="2026-05-05", why="Bill"),
            row(id="5", when="2026-05-05", who="K2"),
            row(id="6", when="2026-05-06", who=""),
            row(id="7", when="2026-05-07", who=""),
            row(id="8", when="2026-05-05", why="Bill", through="Post"),
        )
        assert [(line.month.month, line.reason, line.repeats) for line in lines] == [
            (5, "Bill", 0),
            (5, "Where is my claim?", 0),
            (5, "Bill", 0),
            (6, "Where is my claim?", 1),
            (7, "Where is my claim?", 0),
        ]
