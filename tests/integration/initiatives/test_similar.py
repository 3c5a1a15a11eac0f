"""What is like a new initiative, the same on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.initiatives.models import Initiative, InitiativeTouchpoint
from app.initiatives.queries import list_similar, load_titles
from app.initiatives.rules import InitiativeState
from tests.factories.accounts import Cast
from tests.factories.initiatives import Company, make_complete, make_draft


def place(session: Session, initiative: Initiative, *touchpoints: int) -> None:
    rows = [{"initiative_id": initiative.id, "touchpoint_id": one} for one in touchpoints]
    session.execute(insert(InitiativeTouchpoint), rows)


class TestListSimilar:
    def test_finds_by_title_and_by_touchpoint_with_lever(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        at = [one.id for one in company.journey.touchpoints[:3]]
        with transaction(session):
            mine = make_complete(session, cast, company, title="Claim status tracker")
            alike = make_complete(session, cast, company, title="Status tracker for claims")
            same_place = make_complete(session, cast, company, title="Photo upload")
            only_place = make_draft(session, cast, company, title="Letters")
            elsewhere = make_complete(session, cast, company, title="Callback")
            place(session, mine, *at[:2])
            place(session, same_place, *at[:2])
            place(session, only_place, *at[:2])
            place(session, elsewhere, at[2])

        found = list_similar(session, mine.title, initiative_id=mine.id)

        assert [one.key for one in found] == [alike.key, same_place.key]
        assert (found[0].owner, found[0].state) == ("Omar Owner", InitiativeState.DRAFT)
        assert found[0].why.words == ("claim", "status", "tracker")
        assert (found[1].why.touchpoints, found[1].why.levers) == (2, ("serve",))

    def test_compares_a_title_nobody_has_yet(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            one = make_draft(session, cast, company, title="Claim status tracker")
        assert [x.key for x in list_similar(session, "claims tracker")] == [one.key]
        assert list_similar(session, "Nothing like that") == []
        assert load_titles(session, without=[one.key]).most_like(one.title) is None

    def test_asks_three_times_however_many_there_are(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            first = make_draft(session, cast, company, title="Claim status tracker")
            for number in range(30):
                make_draft(session, cast, company, title=f"Refund letters number {number}")
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            asked.append(statement)

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        try:
            assert list_similar(session, "Claim tracker", initiative_id=first.id) == []
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert len([one for one in asked if one.startswith("SELECT")]) <= 3
