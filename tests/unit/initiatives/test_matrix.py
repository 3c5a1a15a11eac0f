"""Axes that begin and end at round numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.initiatives.rules import round_axis


class TestRoundAxis:
    @pytest.mark.parametrize(
        ("low", "high", "ticks"),
        [
            (0, 0, [0, 1]),
            (0, 620, [0, 200, 400, 600, 800]),
            (-30, 100, [-50, 0, 50, 100]),
            (0, 1_340_578_03, [0, 50_000_000, 100_000_000, 150_000_000]),
        ],
    )
    def test_ends_at_the_next_round_numbers(self, low: int, high: int, ticks: list[int]) -> None:
        assert list(round_axis(low, high).ticks) == ticks

    @given(st.integers(-(10**14), 10**14), st.integers(-(10**14), 10**14))
    def test_holds_both_ends_and_zero_in_few_steps(self, one: int, other: int) -> None:
        low, high = sorted((one, other))
        axis = round_axis(low, high)
        assert axis.low <= min(low, 0) <= max(high, 0) <= axis.high
        assert len(axis.ticks) <= 6
        assert 0 <= axis.place(low) <= axis.place(high) <= 100

    def test_places_by_share_of_its_length(self) -> None:
        assert round_axis(0, 8).place(Decimal(2)) == 25.0
