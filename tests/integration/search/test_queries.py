"""What is found comes in one order on both databases, and no character is a wildcard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.initiatives.queries import RegistryFilter, list_registry
from app.search.queries import Found, Kind, find
from app.search.rules import MOST, Asked, Nearness
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.initiatives import make_company, make_draft
from tests.factories.roadmap import move_due_date, tranches_of

TITLES = (
    "Claim status tracker",
    "One-page claim form",
    "Reclaim cash_back 50% in the shop",
    "Ärzte directory",
    "Proactive delay alerts",
)


@pytest.fixture
def keys(session: Session, cast: Cast) -> dict[str, str]:
    """Initiatives of these titles; gives their keys."""
    with transaction(session):
        company = make_company(session, cast)
        made = {title: make_draft(session, cast, company, title=title) for title in TITLES}
    return {title: one.key for title, one in made.items()}


def looked(session: Session, text: str, kinds: Sequence[Kind] = tuple(Kind)) -> Found:
    return find(session, Asked.read(text), kinds)


def titles(session: Session, text: str) -> list[str]:
    return [hit.name for hit in looked(session, text)[Kind.INITIATIVE]]


class TestInitiatives:
    def test_come_by_where_the_words_stand(self, session: Session, keys: dict[str, str]) -> None:
        assert titles(session, "claim") == [
            "Claim status tracker", "One-page claim form", "Reclaim cash_back 50% in the shop",
        ]  # fmt: skip

    def test_are_found_by_key_and_number_first(
        self, session: Session, keys: dict[str, str]
    ) -> None:
        key = keys["Proactive delay alerts"]
        for text in (key, key.lower(), key.partition("-")[2]):
            hit = looked(session, text)[Kind.INITIATIVE][0]
            assert (hit.near, hit.ref) == (Nearness.EXACT, key), text

    def test_are_found_by_words_in_any_order_and_by_owner(
        self, session: Session, cast: Cast, keys: dict[str, str]
    ) -> None:
        assert titles(session, "tracker STATUS") == ["Claim status tracker"]
        owner = looked(session, "directory")[Kind.INITIATIVE][0].note
        assert titles(session, f"alerts {owner}") == ["Proactive delay alerts"]

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_letters_are_the_same_small_or_large(
        self, session: Session, keys: dict[str, str]
    ) -> None:
        assert titles(session, "äRZTE") == titles(session, "Ärzte") == ["Ärzte directory"]

    @pytest.mark.parametrize("text", ["%", "50%", "_", "cash_back"])
    def test_have_wildcards_as_plain_characters(
        self, session: Session, keys: dict[str, str], text: str
    ) -> None:
        assert titles(session, text) == ["Reclaim cash_back 50% in the shop"]

    @pytest.mark.parametrize("text", ["\\", "'", '"; drop table', "{}", "😀", "x" * 5_000, "..."])
    def test_survive_any_characters(
        self, session: Session, keys: dict[str, str], text: str
    ) -> None:
        assert titles(session, text) == []

    def test_are_no_more_than_tell_that_there_are_more(self, session: Session, cast: Cast) -> None:
        with transaction(session):
            company = make_company(session, cast)
            made = [make_draft(session, cast, company, title="Same words") for _ in range(12)]
        found = looked(session, "same words")[Kind.INITIATIVE]
        assert [hit.ref for hit in found] == [one.key for one in made[: MOST + 1]]

    def test_are_those_the_registry_has_for_the_words(
        self, session: Session, cast: Cast, keys: dict[str, str]
    ) -> None:
        for text in ("claim", "50%", "cx-1", cast.lead.name, cast.owner.name):
            lines, _ = list_registry(session, RegistryFilter(text=text), order="key")
            assert sorted(line.title for line in lines) == sorted(titles(session, text)), text


class TestOtherThings:
    @pytest.fixture(autouse=True)
    def world(self, session: Session, cast: Cast, now: datetime) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
        session.expire_all()
        with transaction(session):
            self.made = make_commitments(session, cast, now, world)

    def test_hurdles_come_by_day_with_their_initiative(self, session: Session) -> None:
        own = tranches_of(session, self.made["CX-101"].id)
        found = looked(session, "cx-101")[Kind.HURDLE]
        assert [hit.ref for hit in found] == [str(one.id) for one in own][: MOST + 1]
        assert all(hit.note.startswith("CX-101 ") for hit in found)

    def test_each_kind_is_found_by_its_name(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        first = tranches_of(session, self.made["CX-101"].id)[0]
        with transaction(session):
            move_due_date(
                session, first, to_on=first.due_on + timedelta(days=7), reason="Late parts",
                actor=cast.manager, now=now,
            )  # fmt: skip
        version = looked(session, "plan version 1")[Kind.PLAN][0]
        assert (version.near, version.note) == (Nearness.BEGINS, "Late parts")
        assert looked(session, "run 1")[Kind.RUN][0].near is Nearness.BEGINS
        assert looked(session, "round 1")[Kind.PROPOSAL][0].name.endswith(", round 1")
        person = looked(session, cast.viewer.name)[Kind.PERSON][0]
        assert (person.ref, person.near) == (str(cast.viewer.id), Nearness.EXACT)
        assert looked(session, cast.viewer.email)[Kind.PERSON][0].ref == str(cast.viewer.id)

    def test_only_the_kinds_asked_for_are_looked_at(self, session: Session, cast: Cast) -> None:
        found = looked(session, cast.viewer.name, (Kind.JOURNEY, Kind.CYCLE))
        assert set(found) == {Kind.JOURNEY, Kind.CYCLE}

    def test_no_words_find_nothing(self, session: Session) -> None:
        assert not any(looked(session, "  ").values())
