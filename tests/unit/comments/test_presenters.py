"""How decisions stand among comments."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.accounts.models import Person
from app.accounts.rules import Role
from app.approvals.rules import DecisionKind
from app.comments.presenters import Reader, entries
from app.comments.queries import Note
from app.comments.rules import Source
from app.initiatives.rules import MOVES
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import _person

AT = datetime(2027, 2, 15, 9, 0, tzinfo=UTC)


@pytest.fixture
def viewer() -> Person:
    return _person("Vera Viewer", Role.VIEWER)


def note(source: Source, word: str = "", before: str | None = None, about: str = "It") -> Note:
    days = (date(2027, 3, 1), date(2027, 4, 1)) if source in (Source.DATE, Source.WORK) else ()
    first, last = days or (None, None)
    return Note(source, AT, "Carla Finance", word, before, "Costs €5m", about, first, last)


def shown(viewer: Person, one: Note, *, sees_costs: bool = True) -> tuple[str | None, str]:
    reader = Reader(viewer, moderates=False, may_write=True, sees_costs=sees_costs, now=AT)
    (entry,) = entries([], [one], reader)
    return entry.decided, "".join(piece.text for piece in entry.pieces)


class TestDecisions:
    def test_have_words_whatever_was_decided(self, viewer: Person) -> None:
        notes = [note(Source.MOVE, m.end.value, m.start.value) for m in MOVES]
        notes += [note(Source.DECISION, kind.value) for kind in DecisionKind]
        notes += [note(Source.HURDLE, action.value) for action in HurdleAction]
        notes += [note(Source.DATE), note(Source.WORK, "team"), note(Source.HANDOVER)]
        notes += [note(Source.SIGNATURE), note(Source.SUBMISSION), note(Source.LEFT_OUT)]
        assert {one.source for one in notes} == set(Source)
        for one in notes:
            words, reason = shown(viewer, one)
            assert words and "{" not in words and reason == "Costs €5m"

    def test_keep_reasons_of_pages_shut_to_them_from_whoever_may_not_see_money(
        self, viewer: Person
    ) -> None:
        told = {
            source for source in Source
            if shown(viewer, _any(source), sees_costs=False)[1]
        }  # fmt: skip
        assert told == {Source.HURDLE, Source.DATE, Source.WORK}


def _any(source: Source) -> Note:
    words = {Source.MOVE: "draft", Source.HURDLE: "hold", Source.WORK: "team"}
    word = words.get(source, "return" if source is Source.DECISION else "")
    return note(source, word, "submitted" if source is Source.MOVE else None)
