"""The columns' page answers what it can tell from a file's header and first rows."""

from __future__ import annotations

import pytest

from app.interactions.engine.requests import Sample
from app.interactions.presenters import guessed


def _guessed_id(*columns: str, second: str = "2") -> str | None:
    rows = tuple(tuple(cell for _ in columns) for cell in ("1", second))
    return guessed(Sample(columns=columns, rows=rows, words={})).get("id")


class TestGuessed:
    @pytest.mark.parametrize(
        "header",
        [
            "Contact id", "ID", "Case number", "case_enquiry_id", "Complaint ID", "Ticket",
            "TicketNo", "unique_key", "callid", "Interaction Reference", "Number",
        ],
    )  # fmt: skip
    def test_names_the_id_of_a_contact(self, header: str) -> None:
        assert _guessed_id("When", "Customer number", header) == header

    @pytest.mark.parametrize(
        "header",
        ["Phone number", "Agent ID", "Policy number", "Case status", "Paid", "Product key"],
    )
    def test_names_no_id_of_something_else(self, header: str) -> None:
        assert _guessed_id("When", header) is None

    def test_names_no_column_in_which_two_rows_are_alike(self) -> None:
        assert _guessed_id("When", "Case number", second="1") is None
