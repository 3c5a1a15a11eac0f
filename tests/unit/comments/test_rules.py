"""Who is meant by an @, what becomes a link, and who may change or delete a comment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import Role
from app.comments.rules import (
    EDIT_FOR,
    MOST_TOLD,
    Known,
    Thing,
    could_see,
    delete_bar,
    edit_bar,
    find_mentions,
    mention_letter,
    mentioned_ids,
    not_told_words,
    pieces_of,
    unsure_words,
)

LENA = Known(1, "Lena Lead", "lena@waymark.test")
OMAR = Known(2, "Omar Owner", "omar.o@waymark.test")
ZOE = Known(3, "Zoë O’Neil", "zoe@waymark.test")
TWIN = Known(4, "Lena Lead", "ll@waymark.test")
PEOPLE = (LENA, OMAR, ZOE)
AT = datetime(2027, 2, 15, 9, 0, tzinfo=UTC)


def ids(text: str, *people: Known) -> list[int]:
    return mentioned_ids(find_mentions(text, people or PEOPLE))


class TestFindMentions:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("@Lena Lead, please look", [1]),
            ("please @lena", [1]),
            ("(@OMAR OWNER)", [2]),
            ("@omar.o.", [2]),
            ("It is @Omar Owner’s turn, then @lena's", [2, 1]),
            ("@Zoë O’Neil and @zoe", [3]),
            ("@lena\n@omar.o", [1, 2]),
            ("write to lena@waymark.test", []),
            ("see https://waymark.test/@lena", []),
            ("@Omar  Owner", []),
            ("@nobody", []),
            ("@", []),
            ("@@lena", []),
        ],
    )
    def test_takes_whole_names_and_addresses_in_any_case(self, text: str, found: list[int]) -> None:
        assert ids(text) == found

    def test_means_nobody_where_two_have_the_name(self) -> None:
        mentions = find_mentions("@Lena Lead or @ll", (*PEOPLE, TWIN))
        assert mentioned_ids(mentions) == [TWIN.id]
        assert unsure_words(mentions) == ["@Lena Lead"]

    def test_tells_at_most_twenty(self) -> None:
        many = [Known(n, f"P{n}", f"p{n}@waymark.test") for n in range(40)]
        assert len(ids(" ".join(f"@p{n}" for n in range(40)), *many)) == MOST_TOLD

    @given(st.text(alphabet="@ lenaLead.,:/'’\nhtps()O", max_size=60))
    def test_pieces_are_always_the_whole_text(self, text: str) -> None:
        assert "".join(piece.text for piece in pieces_of(text, PEOPLE)) == text


class TestPieces:
    def test_only_web_addresses_become_links_without_the_sentence_s_marks(self) -> None:
        text = "See https://a.test/x?y=1&z=2, (http://b.test/q_(r)) or javascript:alert(1), ftp://c"
        links = [one.text for one in pieces_of(text, ()) if one.kind == "link"]
        assert links == ["https://a.test/x?y=1&z=2", "http://b.test/q_(r)"]

    def test_marks_only_those_who_were_told(self) -> None:
        pieces = pieces_of("@lena and @omar.o", (OMAR,))
        assert [one.text for one in pieces if one.kind == "mention"] == ["@omar.o"]


class TestBars:
    def bar(self, *, actor: int = 1, after: timedelta = timedelta(0), gone: bool = False) -> object:
        return edit_bar(
            actor_id=actor, author_id=1, written_at=AT, is_deleted=gone, now=AT + after
        )  # fmt: skip

    def test_changing_is_for_its_writer_for_a_quarter_of_an_hour(self) -> None:
        assert self.bar(after=EDIT_FOR) is None
        assert self.bar(after=EDIT_FOR + timedelta(microseconds=1)) is not None
        assert self.bar(actor=2) is not None
        assert self.bar(gone=True) is not None

    def test_deleting_is_for_its_writer_and_moderators_once(self) -> None:
        def bar(actor: int, *, moderates: bool = False, gone: bool = False) -> str | None:
            return delete_bar(actor_id=actor, author_id=1, moderates=moderates, is_deleted=gone)

        assert bar(1) is None and bar(2, moderates=True) is None
        assert bar(2) and bar(1, gone=True)


class TestCouldSee:
    def test_a_plan_s_discussion_is_about_money(self) -> None:
        viewer = frozenset({Role.VIEWER})
        assert could_see(Thing.PROPOSAL, viewer, costs_hidden=False)
        assert not could_see(Thing.PROPOSAL, viewer, costs_hidden=True)
        assert could_see(Thing.HURDLE, viewer, costs_hidden=True)
        assert not could_see(Thing.INITIATIVE, frozenset(), costs_hidden=False)


class TestWords:
    def test_say_who_was_not_told(self) -> None:
        assert not_told_words([], []) is None
        said = not_told_words(["@foo"], ["Vera Viewer"])
        assert said is not None and "“@foo”" in said and "Vera Viewer" in said

    def test_a_letter_names_the_place_and_quotes_nothing(self) -> None:
        letter = mention_letter(7, name="Omar", writer="Lena", title="CX-101 Tracker", link="L7")
        assert "L7" in letter.text and "CX-101 Tracker" in letter.subject
        assert letter.kind == "mention 7"
