"""Every change leaves one event, chained to the one before; tampering is found."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEvent, AuditHead, RequestKey
from app.audit.queries import (
    AuditFilter,
    check_chain,
    count_events,
    list_events,
    list_subject_events,
)
from app.audit.services import once, record, remember
from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from tests.factories.accounts import Cast
from tests.support.tampering import TAMPERINGS, change_history


def _note(session: Session, actor: Person | None, subject: str, now: datetime) -> None:
    record(session, actor=actor, action="thing.changed", subject=subject, after={"n": 1}, now=now)


@pytest.fixture
def chained(session: Session, cast: Cast, now: datetime) -> Session:
    """A trail of five events."""
    for number in range(1, 6):
        with transaction(session):
            _note(session, cast.lead, f"thing:{number}", now + timedelta(minutes=number))
    return session


class TestRecord:
    def test_keeps_who_did_what_in_which_role(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        session.info["request_id"] = "r1"
        with transaction(session):
            record(
                session,
                actor=cast.cfo,
                action="fund.changed",
                subject="fund:1",
                before={"budget": 1},
                after={"budget": 2},
                reason="More to do.",
                now=now,
            )
        event = session.get_one(AuditEvent, 1)
        assert (event.actor, event.action, event.subject) == (
            cast.cfo.audit_key,
            "fund.changed",
            "fund:1",
        )
        for piece in (b'"actor_role":"finance"', b'"request":"r1"', b'"before":{"budget":1}'):
            assert piece in event.content

    def test_leaves_nothing_when_the_change_is_rolled_back(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(InvalidError), transaction(session):
            _note(session, cast.lead, "thing:1", now)
            raise InvalidError("No.")
        with transaction(session):
            _note(session, cast.lead, "thing:2", now)
        assert [
            event.subject for event in list_events(session, AuditFilter(), offset=0, limit=9)
        ] == ["thing:2"]

    def test_leaves_nothing_of_a_savepoint_that_was_rolled_back(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            _note(session, cast.lead, "kept:1", now)
            with pytest.raises(InvalidError), session.begin_nested():
                with session.begin_nested():
                    _note(session, cast.lead, "gone:1", now)
                raise InvalidError("No.")
            with session.begin_nested():
                _note(session, cast.lead, "kept:2", now)
        subjects = [e.subject for e in list_events(session, AuditFilter(), offset=0, limit=9)]
        assert subjects == ["kept:2", "kept:1"]
        assert check_chain(session).faults == ()

    def test_can_be_read_inside_its_own_transaction(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            _note(session, cast.lead, "thing:1", now)
            assert [e.subject for e in list_subject_events(session, "thing:1")] == ["thing:1"]
            _note(session, cast.lead, "thing:2", now)
        assert check_chain(session) == check_chain(session)
        assert check_chain(session).count == 2

    def test_refuses_values_that_have_no_one_written_form(
        self, session: Session, now: datetime
    ) -> None:
        with pytest.raises((TypeError, ValueError)), transaction(session):
            record(
                session, actor=None, action="a.b", subject="s:1", after={"x": 1.5 * 1e400}, now=now
            )


class TestHistory:
    def test_is_refused_to_be_rewritten_by_the_database(self, chained: Session) -> None:
        for statement in (
            "UPDATE audit_events SET actor_name = 'x' WHERE number = 2",
            "DELETE FROM audit_events WHERE number = 5",
        ):
            with pytest.raises(IntegrityError), transaction(chained):
                chained.execute(text(statement))

    def test_is_found_by_words_subject_and_day(self, chained: Session, now: datetime) -> None:
        assert count_events(chained, AuditFilter()) == 5
        assert count_events(chained, AuditFilter(subject="thing:3")) == 1
        assert count_events(chained, AuditFilter(text="LENA")) == 5
        assert count_events(chained, AuditFilter(text="100%_/")) == 0
        assert count_events(chained, AuditFilter(first_day=now.date())) == 5
        assert count_events(chained, AuditFilter(last_day=now.date() - timedelta(days=1))) == 0


class TestCheckChain:
    def test_finds_a_whole_chain_whole(self, chained: Session) -> None:
        report = check_chain(chained)
        assert report.faults == ()
        assert report.count == 5
        assert report.head == chained.get_one(AuditHead, 1).hash

    @pytest.mark.parametrize("kind", TAMPERINGS)
    def test_finds(self, chained: Session, kind: str) -> None:
        change_history(chained, *TAMPERINGS[kind])
        assert check_chain(chained).faults

    def test_finds_a_cut_end_by_what_was_noted_outside(self, chained: Session) -> None:
        report = check_chain(chained)
        anchor = f"{report.count}:{report.head}"
        change_history(
            chained,
            "DELETE FROM audit_events WHERE number = 5",
            "UPDATE audit_heads SET number = 4,"
            " hash = (SELECT hash FROM audit_events WHERE number = 4)",
        )
        assert check_chain(chained).faults == ()
        assert "cut off" in check_chain(chained, anchor=anchor).faults[0]

    def test_finds_a_rewritten_chain_by_what_was_noted_outside(
        self, chained: Session, cast: Cast, now: datetime
    ) -> None:
        report = check_chain(chained)
        anchor = f"3:{chained.get_one(AuditEvent, 3).hash}"
        assert check_chain(chained, anchor=anchor) == report
        change_history(chained, "DELETE FROM audit_events", "DELETE FROM audit_heads")
        for number in range(5):
            with transaction(chained):
                _note(chained, cast.cfo, f"forged:{number}", now)
        assert check_chain(chained).faults == ()
        assert "rewritten" in check_chain(chained, anchor=anchor).faults[0]


class TestOnce:
    def test_gives_the_first_answer_again(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            assert once(session, "k1", cast.cfo, "release", {"tranche": 1}, now=now) is None
            remember(session, "k1", {"entry": 7})
        with transaction(session):
            assert once(session, "k1", cast.cfo, "release", {"tranche": 1}) == {"entry": 7}
        assert session.get_one(RequestKey, "k1").created_at == now

    @pytest.mark.parametrize(
        ("who", "action", "params"),
        [
            ("cfo2", "release", {"tranche": 1}),
            ("cfo", "stop", {"tranche": 1}),
            ("cfo", "release", {"tranche": 2}),
        ],
    )
    def test_refuses_the_key_for_anything_else(
        self, session: Session, cast: Cast, who: str, action: str, params: dict[str, object]
    ) -> None:
        with transaction(session):
            once(session, "k1", cast.cfo, "release", {"tranche": 1})
            remember(session, "k1", "done")
        with pytest.raises(InvalidError), transaction(session):
            once(session, "k1", getattr(cast, who), action, params)

    def test_forgets_the_key_when_the_first_try_failed(self, session: Session, cast: Cast) -> None:
        with pytest.raises(ConflictError), transaction(session):
            once(session, "k1", cast.cfo, "release", {})
            raise ConflictError("No.")
        with transaction(session):
            assert once(session, "k1", cast.cfo, "release", {}) is None
            remember(session, "k1", "done")

    def test_remembers_no_answer_to_a_key_nobody_claimed(self, session: Session) -> None:
        with pytest.raises(ValueError, match="not claimed"), transaction(session):
            remember(session, "k1", "done")
