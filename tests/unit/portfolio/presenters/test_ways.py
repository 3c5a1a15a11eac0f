"""What is said of ways out: no more than is known of them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.portfolio.presenters.inquiries import answer_view
from app.portfolio.presenters.names import Names


def said(app: Flask, kind: str, is_cheapest: bool) -> str:
    way: dict[str, Any] = {
        "kind": kind, "changes": [], "money": 0, "work": 0, "rules": [], "funded": [],
    }  # fmt: skip
    document = {
        "kind": "conflicts", "currency": "EUR", "is_complete": True, "is_infeasible": True,
        "is_minimal": False, "is_cheapest": is_cheapest, "members": [], "repair": way,
        "ways_out": [],
    }  # fmt: skip
    with app.test_request_context():
        return " ".join(answer_view(document, Names({})).sentences)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestTheFirstWay:
    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("budget", "Of all ways that only add money, the first adds the least"),
            ("capacity", "Of all ways that only add work, the first adds the least"),
            ("mixed", "The first misses the limits by the least in all"),
        ],
    )
    def test_is_the_least_in_its_own_unit(self, app: Flask, kind: str, words: str) -> None:
        assert words in said(app, kind, True)

    def test_is_not_called_the_least_unless_that_was_shown(self, app: Flask) -> None:
        words = said(app, "budget", False)
        assert "not shown to be the cheapest" in words
        assert "least" not in words
