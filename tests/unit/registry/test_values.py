"""Cells are read as people type them, and what could mean two things is refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.registry.engine.cells import CellRefusedError
from app.registry.engine.layout import Kind
from app.registry.engine.values import parsed, read_cell, without_guard, written
from app.values.quarter import Quarter


class TestReadCell:
    @pytest.mark.parametrize(
        ("kind", "cell", "value"),
        [
            (Kind.TEXT, " Two\r\nlines ", "Two\nlines"),
            (Kind.TEXT, "'=1+1", "=1+1"),
            (Kind.TEXT, 2027.0, "2027"),
            (Kind.COUNT, 4.0, 4),
            (Kind.COUNT, "1,200", 1200),
            (Kind.MEASURE, "1\u202f234.5", Decimal("1234.500000")),
            (Kind.MONEY, "1,234,567.89", Decimal("1234567.89")),
            (Kind.MONEY, "1.234.567,89", Decimal("1234567.89")),
            (Kind.MONEY, "1'234.50", Decimal("1234.50")),
            (Kind.MONEY, 0.1 + 0.2, Decimal("0.3")),
            (Kind.PERCENT, 0.4, Decimal("0.400000")),
            (Kind.PERCENT, "40 %", Decimal("0.400000")),
            (Kind.DAY, datetime(2027, 3, 31), date(2027, 3, 31)),  # noqa: DTZ001
            (Kind.DAY, "31.3.2027", date(2027, 3, 31)),
            (Kind.DAY, "31/03/2027", date(2027, 3, 31)),
            (Kind.DAY, "2027-03-31 00:00:00", date(2027, 3, 31)),
            (Kind.DAY, "31 March 2027", date(2027, 3, 31)),
            (Kind.QUARTER, "Q1 2027", Quarter(2027, 1)),
            (Kind.QUARTER, "2027-q1", Quarter(2027, 1)),
            (Kind.FLAG, True, True),
            (Kind.FLAG, "No", False),
            (Kind.DAY, "", None),
        ],
    )
    def test_reads(self, kind: Kind, cell: Any, value: Any) -> None:
        assert read_cell(kind, cell) == value

    @pytest.mark.parametrize(
        ("kind", "cell", "said"),
        [
            (Kind.MONEY, "about 5", "is not a number"),
            (Kind.MONEY, date(2027, 3, 31), "is a day"),
            (Kind.MONEY, "9e13", "is not a number"),
            (Kind.COUNT, 1.5, "whole number"),
            (Kind.COUNT, -1, "whole number"),
            (Kind.PERCENT, "40", "with its sign"),
            (Kind.PERCENT, 40, "with its sign"),
            (Kind.DAY, "3/4/2027", "2027-03-31"),
            (Kind.DAY, "31.2.2027", "2027-03-31"),
            (Kind.QUARTER, "2027", "2027-Q1"),
            (Kind.FLAG, "maybe", "neither yes nor no"),
            (Kind.TEXT, "#REF!", "mend its formula"),
        ],
    )
    def test_refuses_with_what_to_do(self, kind: Kind, cell: Any, said: str) -> None:
        with pytest.raises(CellRefusedError, match=said):
            read_cell(kind, cell)


class TestWritten:
    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            (Kind.TEXT, "a\nb"),
            (Kind.COUNT, 12),
            (Kind.MEASURE, Decimal("0.25")),
            (Kind.MONEY, Decimal("1200")),
            (Kind.DAY, date(2027, 3, 31)),
            (Kind.QUARTER, Quarter(2027, 1)),
            (Kind.FLAG, False),
            (Kind.TEXT, None),
        ],
    )
    def test_is_read_again(self, kind: Kind, value: Any) -> None:
        assert parsed(kind, written(value)) == value


class TestWithoutGuard:
    @pytest.mark.parametrize(
        ("text", "bare"), [("'=a", "=a"), ("'a", "'a"), ("'", "'"), ("'-5", "-5"), ("''=a", "''=a")]
    )
    def test_takes_off_only_what_was_put_before_a_formula(self, text: str, bare: str) -> None:
        assert without_guard(text) == bare
