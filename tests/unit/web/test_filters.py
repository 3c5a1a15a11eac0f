"""Money, numbers and days read the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from flask import Flask

from app.values.money import Money
from app.values.quarter import Quarter
from app.values.written import hide_sums_when
from app.web import filters
from app.web.guards import costs_are_hidden


@pytest.fixture(autouse=True)
def _locale() -> Iterator[None]:
    app = Flask("filters")
    app.config["LOCALE"] = "en_GB"
    with app.app_context():
        yield


def _eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.fixture
def hidden() -> Iterator[None]:
    hide_sums_when(lambda: True)
    yield
    hide_sums_when(costs_are_hidden)


class TestHiddenSums:
    def test_are_dashes_in_sentences_too(self, hidden: None) -> None:
        assert (filters.money(_eur(0)), f"{_eur(123)} more") == ("–", "– more")


class TestMoney:
    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (_eur(123_456_789), "€1,234,567.89"),
            (_eur(-5), "−€0.05"),
            (_eur(0), "€0.00"),
            (Money(1500, "JPY"), "JP¥1,500"),
            (None, "–"),
        ],
    )
    def test_is_exact(self, value: Money | None, written: str) -> None:
        assert filters.money(value) == written

    @pytest.mark.parametrize(
        ("minor", "written"),
        [
            (0, "€0"),
            (999, "€9.99"),
            (99_949, "€999"),
            (99_950_00, "€100k"),
            (1_234_567_89, "€1.23m"),
            (-1_250_000_00, "−€1.25m"),
            (4_465_000_00, "€4.47m"),
            (3_265_000_00, "€3.27m"),
            (-3_265_000_00, "−€3.27m"),
            (44_650_000_00, "€44.7m"),
            (99_960_000, "€1m"),
            (45_600_000_00, "€45.6m"),
            (123_400_000_000, "€1.23bn"),
        ],
    )
    def test_is_short_in_charts(self, minor: int, written: str) -> None:
        assert filters.money_short(_eur(minor)) == written


class TestNumbers:
    def test_keep_their_digits(self) -> None:
        assert filters.number(Decimal("1234567.125")) == "1,234,567.125"
        assert filters.number(-3) == "−3"
        assert filters.number(Decimal("2"), 1) == "2.0"
        assert filters.number(1500, 0) == "1,500"
        assert filters.number(Decimal("0.5"), 0) == "1"
        assert filters.number(Decimal("70166.7"), 0) == "70,167"

    def test_of_shares_are_percentages(self) -> None:
        assert filters.percent(Decimal("0.125")) == "12.5\u202f%"
        assert filters.percent(Decimal("1")) == "100\u202f%"
        assert filters.percent(Decimal("-0.05")) == "−5\u202f%"

    def test_of_differences_carry_their_sign(self) -> None:
        assert filters.signed(_eur(100)) == "+€1.00"
        assert filters.signed(_eur(-100)) == "−€1.00"
        assert filters.signed(0) == "±0"

    def test_agree_with_their_noun(self) -> None:
        assert filters.counted(1, "person", "people") == "1 person"
        assert filters.counted(2000, "initiative") == "2,000 initiatives"


class TestTime:
    def test_is_written_out(self) -> None:
        assert filters.day(date(2027, 3, 1)) == "1 Mar 2027"
        assert filters.quarter(Quarter(2027, 1)) == "Q1 2027"
        east = timezone(timedelta(hours=2))
        moment = datetime(2027, 3, 1, 14, 5, tzinfo=east)
        assert filters.moment(moment) == "1 Mar 2027, 12:05 UTC"
        assert filters.moment(datetime(2027, 3, 1, tzinfo=UTC)) == "1 Mar 2027, 00:00 UTC"
