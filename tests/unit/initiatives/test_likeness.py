"""Which titles are alike, by a rule that can be checked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.initiatives.presenters import why_words
from app.initiatives.rules.likeness import (
    MOST_SIMILAR,
    Likeness,
    Titles,
    find_like,
    in_order,
    title_words,
)

CLAIM = "Claim status tracker"


def alike(one: str, other: str) -> bool:
    return bool(find_like(one, [(1, "CX-1", other)]))


class TestTitleWords:
    def test_are_what_is_said_without_case_accents_plural_and_filling(self) -> None:
        assert set(title_words("The Rückruf of Claims, in the apps")) == {"ruckruf", "claim", "app"}
        assert set(title_words("Status analysis process bus")) == {
            "status", "analysis", "process", "bus",
        }  # fmt: skip

    def test_keep_how_the_title_spells_them(self) -> None:
        assert title_words("Rückrufe")["ruckrufe"] == "rückrufe"


class TestFindLike:
    @pytest.mark.parametrize(
        ("other", "found"),
        [
            ("Claim status tracker", True),
            ("claims STATUS trackers", True),
            ("Tracker of the claim’s status in the app", True),
            ("Claim status by letter and phone", True),
            ("Claim status by letter, phone, branch, chat, robot or app", False),
            ("Claim photo upload", False),
            ("Plain language letters", False),
            ("", False),
        ],
    )
    def test_takes_two_words_that_are_a_third_of_all(self, other: str, found: bool) -> None:
        assert alike(CLAIM, other) is found
        assert alike(other, CLAIM) is found

    def test_takes_one_word_only_where_it_is_the_whole_title(self) -> None:
        assert alike("Callback", "The callbacks")
        assert not alike("Callback", "Callback tracker")
        assert not alike("", "")

    def test_names_the_words_as_the_new_title_spells_them(self) -> None:
        (one,) = find_like("Café für Kunden", [(1, "CX-1", "cafe fur kunden heute")])
        assert (one.words, one.share) == (("café", "für", "kunden"), Fraction(3, 4))

    @given(st.lists(st.text(alphabet="abs éü", max_size=12), max_size=8), st.text("abs éü"))
    def test_finds_the_same_with_and_without_an_index(self, titles: list[str], new: str) -> None:
        known = [(n, f"CX-{n}", title) for n, title in enumerate(titles)]
        plain = in_order(find_like(new, known))
        best = Titles(known).most_like(new)
        assert best == (plain[0] if plain else None)


class TestInOrder:
    def test_puts_title_and_place_first_then_title_then_place_then_key(self) -> None:
        half = Fraction(1, 2)
        both, title = Likeness(1, "CX-9", half, ("a",), 1), Likeness(2, "CX-8", Fraction(1), ("a",))
        place, more = Likeness(3, "CX-10", touchpoints=1), Likeness(4, "CX-11", touchpoints=2)
        early = Likeness(5, "CX-2", touchpoints=1)
        found = in_order([place, more, title, early, both])
        assert [one.key for one in found] == ["CX-9", "CX-8", "CX-11", "CX-2", "CX-10"]
        assert len(in_order([place] * 9)) == MOST_SIMILAR


class TestWhyWords:
    def test_say_all_of_it(self) -> None:
        why = Likeness(1, "CX-1", Fraction(2, 4), ("claim", "status"), 2, ("retain", "serve"))
        assert why_words(why) == (
            "Both titles say “claim”, “status”, 2 of their 4 words; changes 2 touchpoints of this"
            " one and moves the same lever: retain, serve"
        )
