"""Two who take the same name in one instant: one has it, the other hears it at the field."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import Role
from app.accounts.services import PersonDraft, create_person, grant_role
from app.db.session import transaction
from app.db.sqlite import engine_options
from app.errors import ConflictError, InvalidError, UnavailableError
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle
from tests.factories.journeys import make_journey

Work = Callable[[Session], object]


def _second_of_two(session: Session, engine: Engine, work: Work) -> BaseException | None:
    """Do the same work twice, the second time before the first is committed; what it raised."""

    def later() -> None:
        with Session(engine) as own, transaction(own):
            work(own)
            own.flush()

    with ThreadPoolExecutor() as pool:
        with transaction(session):
            work(session)
            session.flush()
            other = pool.submit(later)
            with suppress(TimeoutError):
                other.result(timeout=0.5)
        return other.exception(timeout=10)


class TestTakenMeanwhile:
    def test_is_said_at_the_field(
        self, session: Session, engine: Engine, cast: Cast, now: datetime
    ) -> None:
        draft = PersonDraft("nia@waymark.test", "Nia New", "marble otter canyon lamp")
        lead = cast.lead.id
        works: dict[str, Work] = {
            "email": lambda own: create_person(own, draft, actor=None, now=now),
            "name": lambda own: make_cycle(own, name="FY30"),
            "key": lambda own: make_journey(own, own.get_one(Person, lead), key="twice"),
        }
        for field, work in works.items():
            refusal = _second_of_two(session, engine, work)
            assert isinstance(refusal, InvalidError), (field, refusal)
            assert set(refusal.fields) == {field}

    def test_asks_to_look_again_where_nothing_was_typed(
        self, session: Session, engine: Engine, cast: Cast, now: datetime
    ) -> None:
        viewer = cast.viewer.id
        refusal = _second_of_two(
            session,
            engine,
            lambda own: own.add(
                RoleGrant(person_id=viewer, role=Role.ADMIN, is_in_force=True, granted_at=now)
            ),
        )
        assert isinstance(refusal, ConflictError)
        with pytest.raises(ConflictError), transaction(session):
            grant_role(session, session.get_one(Person, viewer), Role.ADMIN, actor=None, now=now)


class TestMissingTables:
    def test_are_named_with_what_to_do(self, session: Session) -> None:
        words = "run “flask --app wsgi migrate”"
        with pytest.raises(UnavailableError, match=words), transaction(session):
            session.execute(text("SELECT * FROM not_there"))

    def test_are_named_on_an_empty_file(self, tmp_path: Path) -> None:
        engine = create_engine(**engine_options(f"sqlite:///{tmp_path / 'empty.db'}"))
        refused = pytest.raises(UnavailableError, match="migrate")
        with Session(engine) as empty, refused, transaction(empty):
            empty.execute(text("INSERT INTO people (name) VALUES ('x')"))
        engine.dispose()


class TestErrors:
    def test_keep_no_value_of_a_statement(self, session: Session) -> None:
        with pytest.raises(DBAPIError) as caught:
            session.execute(text("SELECT nothing FROM nowhere WHERE x = :x"), {"x": "a-secret"})
        assert "nowhere" in str(caught.value)
        assert "a-secret" not in str(caught.value)
