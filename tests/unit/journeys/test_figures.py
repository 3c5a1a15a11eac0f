"""A file of figures is read whole or refused with line and column."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import InvalidError
from app.journeys.forms import read_figures
from app.journeys.rules import Channel, StageKind

PLACES = {(StageKind.USE, Channel.WEB): 1, (StageKind.USE, Channel.LETTER): 2}
HEAD = (
    "stage,channel,contacts_per_year,satisfaction,target,importance,"
    "cost_per_contact,minutes_per_contact"
)


def read(*lines: str, head: str = HEAD) -> dict:
    return read_figures("\n".join((head, *lines)).encode(), PLACES, "EUR")


def problems(*lines: str) -> list[str]:
    with pytest.raises(InvalidError) as refusal:
        read(*lines)
    return list(refusal.value.fields)


class TestReadFigures:
    def test_reads_every_line_that_has_figures(self) -> None:
        figures = read("use,web,1000,7.5,8,9,0.15,3", "use,letter,,,,,,")

        assert list(figures) == [1]
        assert figures[1].satisfaction == Decimal("7.5")
        assert figures[1].cost_per_contact_minor == 15

    def test_takes_semicolons_a_byte_order_mark_and_columns_in_any_order(self) -> None:
        head = ";".join(reversed(HEAD.split(",")))
        content = f'\ufeff{head}\r\n3;0.15;9;8;7.5;"1,000";web;use\r\n'.encode()

        assert read_figures(content, PLACES, "EUR")[1].contacts_per_year == 1000

    def test_names_line_and_column(self) -> None:
        assert problems(
            "use,web,many,7.5,8,9,cheap,3",
            "use,pigeon,1,1,1,1,1,1",
            "action,web,1,1,1,1,1,1",
            "use,letter,1,,1,1,1,1",
        ) == [
            "line 2, contacts_per_year",
            "line 2, cost_per_contact",
            "line 3, channel",
            "line 4, channel",
            "line 5, satisfaction",
        ]

    def test_refuses_a_touchpoint_twice(self) -> None:
        line = "use,web,1000,7.5,8,9,0.15,3"

        assert problems(line, line) == ["line 3, channel"]

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"\xff\xfe\x00", "UTF-8"),
            (b"", "lacks the column"),
            (b"stage,channel\n", "lacks the column contacts_per_year"),
            (HEAD.encode(), "holds no figures"),
            (HEAD.encode() + b'\nuse,"web,1', "not sound CSV"),
            (HEAD.encode() + b"\n" + b"use,web,,,,,,\n" * 501, "at most 500 lines"),
        ],
    )
    def test_says_what_is_wrong_with_the_file(self, content: bytes, words: str) -> None:
        with pytest.raises(InvalidError, match=words):
            read_figures(content, PLACES, "EUR")
