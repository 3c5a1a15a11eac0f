"""Figures that can't be are refused, unusual ones are asked about, ordinary ones pass."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.roadmap.rules import measured_fault, unusual_words


class TestMeasuredFault:
    @pytest.mark.parametrize("unit", ["USD million", "EUR", "%", "calls", "million", "count"])
    def test_refuses_less_than_nothing_of_what_is_counted(self, unit: str) -> None:
        found = measured_fault(Decimal(-5), unit, threshold=Decimal(4), baseline=None)
        assert found is not None
        assert "0 or more" in found

    def test_takes_less_than_nothing_where_it_was_agreed(self) -> None:
        assert measured_fault(Decimal(-5), "EUR", threshold=Decimal(-9), baseline=None) is None
        assert measured_fault(Decimal(-5), "%", threshold=Decimal(9), baseline=Decimal(-9)) is None

    def test_takes_it_in_a_unit_it_knows_nothing_of(self) -> None:
        assert measured_fault(Decimal(-5), "points", threshold=Decimal(4), baseline=None) is None


class TestUnusualWords:
    @pytest.mark.parametrize(
        ("value", "unit", "threshold", "says"),
        [
            ("-5", "points", "4", "below zero"),
            ("101", "%", "40", "more than 100\u202f%"),
            ("405", "points", "4", "100 times"),
        ],
    )
    def test_asks_about(self, value: str, unit: str, threshold: str, says: str) -> None:
        found = unusual_words(Decimal(value), unit, threshold=Decimal(threshold), baseline=None)
        assert found is not None
        assert says in found

    @pytest.mark.parametrize(
        ("value", "unit", "threshold", "baseline"),
        [
            ("3.9", "USD million", "4", None),
            ("100", "%", "40", None),
            ("130", "%", "120", None),
            ("400", "points", "4", None),
            ("-5", "points", "4", "-2"),
            ("7", "calls", "0", None),
            ("700", "calls", "0", "900"),
        ],
    )
    def test_lets_pass(self, value: str, unit: str, threshold: str, baseline: str | None) -> None:
        known = Decimal(baseline) if baseline else None
        assert (
            unusual_words(Decimal(value), unit, threshold=Decimal(threshold), baseline=known)
            is None
        )
