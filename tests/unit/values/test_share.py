"""Shares that are shown as parts of a whole add up as they are shown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.values.share import whole_percents


class TestWholePercents:
    @pytest.mark.parametrize(
        ("shares", "shown"),
        [
            (("0.107", "0.328", "0.565"), ("0.11", "0.33", "0.56")),
            (("0.333", "0.333", "0.334"), ("0.33", "0.33", "0.34")),
            (("0.005", "0.005"), ("0.01", "0")),
            ((), ()),
        ],
    )
    def test_add_up_to_their_rounded_sum(
        self, shares: tuple[str, ...], shown: tuple[str, ...]
    ) -> None:
        assert whole_percents([Decimal(one) for one in shares]) == [Decimal(one) for one in shown]
