"""What a preview of a bulk edit keeps, and what it notices."""

from __future__ import annotations

import pytest

from app.initiatives.rules import (
    PlannedRow,
    SeenRow,
    changed_since,
    read_seen,
    seen_text,
)


def row(id_: int, version: int = 1, refusal: str | None = None) -> PlannedRow:
    return PlannedRow(id_, f"CX-{100 + id_}", "Title", version, "old", "new", refusal)


class TestSeenText:
    def test_is_read_back_whole(self) -> None:
        rows = [row(1), row(2, 7, "It is approved."), row(30, 2)]
        assert read_seen(seen_text(rows)) == {
            1: SeenRow(1, True), 2: SeenRow(7, False), 30: SeenRow(2, True),
        }  # fmt: skip

    @pytest.mark.parametrize("text", ["", "1", "1.", "1.2", "x.2+", "1.x+", "1.2+,,", "1.2*"])
    def test_garbled_counts_as_nothing_seen(self, text: str) -> None:
        assert read_seen(text) is None


class TestChangedSince:
    def test_is_silent_while_all_is_as_it_was_shown(self) -> None:
        rows = [row(1), row(2, refusal="No.")]
        assert changed_since(rows, read_seen(seen_text(rows)) or {}) is None

    def test_names_what_was_saved_what_came_and_how_many_went(self) -> None:
        seen = read_seen(seen_text([row(1), row(2), row(3)])) or {}
        said = changed_since([row(1, version=2), row(2, refusal="No."), row(9)], seen)
        assert said == (
            "Since the preview CX-101, CX-102 changed; CX-109 fit only now;"
            " 1 of the preview fit no more."
        )

    def test_names_only_the_first_of_many(self) -> None:
        seen = read_seen(seen_text([row(one) for one in range(1, 10)])) or {}
        said = changed_since([row(one, version=2) for one in range(1, 10)], seen)
        assert said is not None and "CX-105 and 4 more changed" in said
