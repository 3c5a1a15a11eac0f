"""Quarters count, sort and know their days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.values.quarter import Quarter, QuarterFormatError, QuarterSpan, months_later

quarters = st.builds(Quarter, st.integers(1950, 2900), st.integers(1, 4))


class TestQuarter:
    @given(quarters, st.integers(-100, 100))
    def test_adding_and_counting_agree(self, quarter: Quarter, steps: int) -> None:
        assert (quarter + steps) - quarter == steps

    @given(quarters, quarters)
    def test_sorts_as_its_text_does(self, one: Quarter, other: Quarter) -> None:
        assert (one < other) == (str(one) < str(other))

    @given(quarters)
    def test_holds_its_own_first_and_last_day(self, quarter: Quarter) -> None:
        assert Quarter.containing(quarter.first_day) == quarter
        assert Quarter.containing(quarter.last_day) == quarter
        assert (quarter + 1).first_day > quarter.last_day

    @pytest.mark.parametrize("text", ["2027", "2027-Q5", "27-Q1", "2027-Q1-", "", "2027Q1"])
    def test_refuses_other_texts(self, text: str) -> None:
        with pytest.raises(QuarterFormatError):
            Quarter.parse(text)

    def test_reads_small_letters(self) -> None:
        assert Quarter.parse(" 2027-q3 ") == Quarter(2027, 3)


class TestQuarterSpan:
    def test_is_half_open(self) -> None:
        span = QuarterSpan(Quarter(2027, 3), 3)
        assert [str(q) for q in span] == ["2027-Q3", "2027-Q4", "2028-Q1"]
        assert span.last in span
        assert span.end not in span


class TestMonthsLater:
    def test_keeps_the_day_or_takes_the_months_last(self) -> None:
        assert months_later(date(2027, 1, 31), 1) == date(2027, 2, 28)
        assert months_later(date(2027, 11, 30), 3) == date(2028, 2, 29)
        assert months_later(date(2027, 12, 15), 3) == date(2028, 3, 15)
        assert months_later(date(2027, 3, 31), -1) == date(2027, 2, 28)
