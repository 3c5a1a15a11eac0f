"""A unit follows its number as people say it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.values.unit import unit_for


class TestUnitFor:
    @pytest.mark.parametrize(
        ("value", "unit", "words"),
        [
            ("1", "calls", "call"), ("1.8", "calls", "calls"), ("-1", "points", "point"),
            ("0", "calls", "calls"), ("1", "ms", "ms"), ("1", "%", "%"), ("1", "loss", "loss"),
        ],
    )  # fmt: skip
    def test_is_singular_for_one(self, value: str, unit: str, words: str) -> None:
        assert unit_for(Decimal(value), unit) == words
