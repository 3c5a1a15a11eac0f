"""What somebody types, and how near a name comes to it."""

from __future__ import annotations

import pytest

from app.search.rules import LONGEST, MOST_WORDS, Asked, Nearness, nearness


class TestAsked:
    def test_is_small_letters_and_single_spaces(self) -> None:
        assert Asked.read("  CX-104\t Ärzte ") == Asked("cx-104 ärzte", ("cx-104", "ärzte"))

    def test_takes_no_more_than_a_search_can_want(self) -> None:
        assert len(Asked.read("word " * 900).words) == MOST_WORDS
        assert len(Asked.read("w" * 9_000).phrase) == LONGEST


class TestNearness:
    @pytest.mark.parametrize(
        ("words", "near"),
        [
            ("gate calendar", Nearness.EXACT),
            ("GATE", Nearness.BEGINS),
            ("cal", Nearness.BEGINS_A_WORD),
            ("lend", Nearness.INSIDE),
            ("calendar gate", Nearness.ELSEWHERE),
            ("hurdles", Nearness.ELSEWHERE),
            ("gate keeper", None),
        ],
    )
    def test_is_how_the_words_stand_in_the_name(self, words: str, near: Nearness | None) -> None:
        assert nearness("Gate calendar", Asked.read(words), "hurdles due") is near
