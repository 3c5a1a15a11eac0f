"""What is said of loads and slips."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.roadmap.presenters.words import load_percent


class TestLoadPercent:
    @pytest.mark.parametrize(
        ("share", "words"),
        [
            ("1", "100 %"), ("1.003", "100.3 %"), ("1.00001", "100.1 %"), ("1.0099", "101 %"),
            ("1.014", "101 %"), ("0.996", "100 %"), ("0", "0 %"),
        ],
    )  # fmt: skip
    def test_never_reads_as_full_where_it_is_over(self, share: str, words: str) -> None:
        assert load_percent(Decimal(share)).replace("\u202f", " ") == words
