"""The demo comes into an empty company only, and goes as a whole, on either database."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts.models import CalendarFeed, Person, RoleGrant
from app.accounts.rules import Role
from app.accounts.services import renew_feed
from app.audit.models import AuditEvent, AuditHead
from app.audit.queries import check_chain
from app.audit.services import record
from app.calendar.models import Cycle
from app.db.session import transaction
from app.demo.queries import company_tables, find_load, is_empty, list_demo_people
from app.demo.rules import KIND
from app.demo.services import RemovalOrder, begin_demo, remove_demo
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.interactions.services import LogStore
from app.jobs.rules import JobState
from app.jobs.services import claim, finish
from tests.factories.accounts import Cast, make_person
from tests.factories.calendar import make_cycle
from tests.support.demo import Demo, pour

ORDER = RemovalOrder("Halden Insurance", is_reloaded=False)


@pytest.fixture
def store(tmp_path: Path) -> LogStore:
    return LogStore(tmp_path / "interactions")


@pytest.fixture
def ada(session: Session) -> Person:
    """An admin of the company's own."""
    with transaction(session):
        return make_person(session, "Ada Vance", Role.ADMIN)


@pytest.fixture
def a_cycle(session: Session) -> Cycle:
    """What a company of its own keeps."""
    with transaction(session):
        return make_cycle(session)


def _load_whole(demo: Demo, engine: Engine, session: Session, now: datetime) -> Person:
    """The whole demo in the test's own database, its job done, and an admin who is not of it."""
    with engine.connect() as connection:
        dialect = connection.dialect.name
    if dialect == "sqlite":
        source = demo.session.get_bind()
        with source.engine.connect() as old, engine.connect() as new:
            old.connection.dbapi_connection.backup(new.connection.dbapi_connection)  # type: ignore[union-attr]
    else:
        pour(demo.session.get_bind().engine, engine)
    with transaction(session):
        return make_person(session, "Ada Vance", Role.ADMIN)


class TestBeginDemo:
    def test_brings_its_people_and_asks_for_the_rest(
        self, session: Session, ada: Person, now: datetime
    ) -> None:
        with transaction(session):
            password = begin_demo(session, actor=ada, now=now)
        people = list_demo_people(session)
        assert len(people) == 8
        assert password is not None
        assert len(password) >= 15
        job = find_load(session)
        assert job is not None
        assert (job.kind, job.state) == (KIND, JobState.QUEUED)
        assert not any(person.must_change_password for person in people)

    def test_is_refused_twice_and_where_a_company_keeps_anything(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            begin_demo(session, actor=cast.admin, now=now)
        with pytest.raises(ConflictError, match="here already"), transaction(session):
            begin_demo(session, actor=cast.admin, now=now)

    def test_is_refused_to_all_but_admins(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(NotAllowedError), transaction(session):
            begin_demo(session, actor=cast.lead, now=now)

    def test_is_refused_where_a_cycle_stands(
        self, session: Session, cast: Cast, now: datetime, a_cycle: Cycle
    ) -> None:
        with (
            pytest.raises(ConflictError, match=r"empty company only.*cycles"),
            transaction(session),
        ):
            begin_demo(session, actor=cast.admin, now=now)
        assert not list_demo_people(session)

    def test_goes_on_where_it_broke_off(self, session: Session, ada: Person, now: datetime) -> None:
        with transaction(session):
            begin_demo(session, actor=ada, now=now)
        job = find_load(session)
        with transaction(session):
            session.execute(update(type(job)).values(state=JobState.FAILED, failure="It broke."))
        with transaction(session):
            assert begin_demo(session, actor=ada, now=now) is None
        again = find_load(session)
        assert again is not None
        assert again.state is JobState.QUEUED


class TestGuards:
    def test_let_nobody_of_the_demo_into_a_company_that_keeps_something(
        self, session: Session, cast: Cast, a_cycle: Cycle, now: datetime
    ) -> None:
        with pytest.raises(DBAPIError, match="empty company only"), transaction(session):
            session.add(
                Person(email="x@halden.example", name="X", password_hash="", is_demo=True,
                       created_at=now)
            )  # fmt: skip
            session.flush()

    def test_turn_nobody_into_one_of_the_demo_or_back(self, session: Session, cast: Cast) -> None:
        with pytest.raises(DBAPIError, match="nobody else becomes it"), transaction(session):
            session.execute(update(Person).where(Person.id == cast.lead.id).values(is_demo=True))


class TestRemoveDemo:
    def test_leaves_an_empty_company_with_its_people_and_a_trail_that_says_so(
        self, demo: Demo, engine: Engine, session: Session, store: LogStore, now: datetime
    ) -> None:
        ada = _load_whole(demo, engine, session, now)
        with transaction(session):
            record(session, actor=ada, action="person.signed_in", subject=ada.audit_key, now=now)
            renew_feed(session, ada, now=now)
            renew_feed(session, list_demo_people(session)[0], now=now)
        head = session.execute(select(AuditHead.number, AuditHead.hash)).one()
        with transaction(session):
            remove_demo(session, store, ORDER, actor=ada, now=now)
        assert is_empty(session)
        counts = {
            table.name: session.scalar(select(func.count()).select_from(table))
            for table in company_tables()
        }
        assert not any(counts.values())
        assert [one.name for one in session.scalars(select(Person))] == ["Ada Vance"]
        assert session.scalars(select(RoleGrant.role)).all() == [Role.ADMIN]
        assert session.scalars(select(CalendarFeed.person_id)).all() == [ada.id]
        assert not check_chain(session).faults
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
        assert last is not None
        assert last.action == "demo.removed"
        after = json.loads(last.content)["after"]
        assert after["trail_ended"] == f"{head.number}:{head.hash}"
        assert after["removed"]["cycles"] == 2
        assert len(after["people_removed"]) == 8
        # The guards stand again, and the demo could come back.
        with pytest.raises(DBAPIError), transaction(session):
            session.execute(update(AuditEvent).values(reason="rewritten"))
        with transaction(session):
            assert begin_demo(session, actor=ada, now=now)

    def test_asks_for_the_name_and_takes_nothing_without(
        self, demo: Demo, engine: Engine, session: Session, store: LogStore, now: datetime
    ) -> None:
        ada = _load_whole(demo, engine, session, now)
        order = RemovalOrder("Halden", is_reloaded=False)
        with pytest.raises(InvalidError, match="Halden Insurance"), transaction(session):
            remove_demo(session, store, order, actor=ada, now=now)
        assert not is_empty(session)
        reloaded = RemovalOrder("Halden Insurance", is_reloaded=True)
        with pytest.raises(ConflictError, match="load it again"), transaction(session):
            remove_demo(session, store, reloaded, actor=ada, now=now)
        with transaction(session):
            record(session, actor=ada, action="journey.created", subject="journey:9", now=now)
        with pytest.raises(ConflictError, match="a journey, by Ada Vance"), transaction(session):
            remove_demo(session, store, ORDER, actor=ada, now=now)
        noor = list_demo_people(session)[0]
        with pytest.raises(ConflictError, match="You are of the demo"), transaction(session):
            remove_demo(session, store, ORDER, actor=noor, now=now)

    def test_takes_roles_that_the_demo_gave(
        self, demo: Demo, engine: Engine, session: Session, store: LogStore, now: datetime
    ) -> None:
        ada = _load_whole(demo, engine, session, now)
        noor = list_demo_people(session)[0]
        with transaction(session):
            bob = make_person(session, "Bob Own", Role.CX_LEAD, Role.PROGRAM_MANAGER)
            next(g for g in bob.grants if g.role is Role.CX_LEAD).granted_by_id = noor.id
        with transaction(session):
            remove_demo(session, store, ORDER, actor=ada, now=now)
        session.expire_all()
        assert {one.name: one.held_roles for one in session.scalars(select(Person))} == {
            "Ada Vance": {Role.ADMIN},
            "Bob Own": {Role.PROGRAM_MANAGER},
        }

    def test_is_no_matter_of_a_company_that_never_had_it(
        self, session: Session, cast: Cast, store: LogStore, now: datetime, a_cycle: Cycle
    ) -> None:
        with pytest.raises(ConflictError, match="never loaded here"), transaction(session):
            remove_demo(session, store, ORDER, actor=cast.admin, now=now)

    def test_waits_until_the_story_is_told_and_takes_running_work_away(
        self, session: Session, ada: Person, store: LogStore, now: datetime
    ) -> None:
        with transaction(session):
            begin_demo(session, actor=ada, now=now)
        with pytest.raises(ConflictError, match="still being loaded"), transaction(session):
            remove_demo(session, store, ORDER, actor=ada, now=now)
        with transaction(session):
            job = claim(session, worker="w1", kinds=frozenset({KIND}), now=now)
            assert job is not None
            number = job.id
            session.execute(update(type(job)).values(state=JobState.DONE))
        with transaction(session):
            remove_demo(session, store, ORDER, actor=ada, now=now)
        with transaction(session):
            assert finish(session, number, worker="w1", now=now) is False
