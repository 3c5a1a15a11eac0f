"""A meeting is called, minuted and closed; afterwards nothing of it changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.approvals.models import Tranche
from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.meetings.models import GateMeeting
from app.meetings.queries import ArchiveFilter, get_meeting, list_meetings, read_minutes
from app.meetings.rules import MeetingDraft, Minutes
from app.meetings.services import call_meeting, close_meeting, keep_minutes, set_agenda
from app.roadmap.rules import HurdleAction
from app.values.canonical import digest
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.meetings import make_meeting
from tests.factories.roadmap import decide, tranches_of


@pytest.fixture
def gates(session: Session, cast: Cast, now: datetime) -> list[Tranche]:
    """The first hurdle of each of three initiatives, CX-101 to CX-103."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        made = make_commitments(session, cast, now, world)
    return [tranches_of(session, made[key].id)[0] for key in ("CX-101", "CX-102", "CX-103")]


@pytest.fixture
def meeting_id(session: Session, cast: Cast, now: datetime, gates: list[Tranche]) -> int:
    with transaction(session):
        return make_meeting(session, gates[:2], actor=cast.manager, now=now)


def version_of(session: Session, meeting_id: int) -> int:
    session.expire_all()
    return session.scalars(select(GateMeeting.version).where(GateMeeting.id == meeting_id)).one()


def minute(
    session: Session, meeting_id: int, cast: Cast, now: datetime, note: str, seen: int | None = None
) -> None:
    with transaction(session):
        items = get_meeting(session, meeting_id).items
        keep_minutes(
            session, meeting_id, Minutes([cast.cfo.id], "Auditor", {items[0].id: note}),
            seen=seen or version_of(session, meeting_id), actor=cast.manager, now=now,
        )  # fmt: skip


def found(session: Session, **wanted: Any) -> list[str]:
    lines, total = list_meetings(session, ArchiveFilter(**wanted), offset=0, limit=10)
    assert total == len(lines)
    return [one.title for one in lines]


def actions(session: Session, meeting_id: int) -> Sequence[str]:
    subject = f"gate_meeting:{meeting_id}"
    return session.scalars(
        select(AuditEvent.action).where(AuditEvent.subject == subject).order_by(AuditEvent.number)
    ).all()


class TestAgenda:
    def test_keeps_its_order_and_lets_a_noted_hurdle_not_go(
        self, session: Session, cast: Cast, now: datetime, gates: list[Tranche], meeting_id: int
    ) -> None:
        minute(session, meeting_id, cast, now, "Wait for March")
        order = [gates[2].id, gates[0].id]
        seen = version_of(session, meeting_id)
        with transaction(session):
            set_agenda(
                session, meeting_id, MeetingDraft("New", now.date(), order), seen=seen,
                actor=cast.manager, now=now,
            )  # fmt: skip
        items = get_meeting(session, meeting_id).items
        assert [(one.tranche_id, one.note) for one in items] == [
            (gates[2].id, ""), (gates[0].id, "Wait for March")
        ]  # fmt: skip
        with pytest.raises(InvalidError) as caught, transaction(session):
            set_agenda(
                session, meeting_id, MeetingDraft("New", now.date(), [gates[2].id]),
                seen=version_of(session, meeting_id), actor=cast.manager, now=now,
            )  # fmt: skip
        assert "with a note stays" in caught.value.message

    def test_refuses_what_no_meeting_can_be(
        self, session: Session, cast: Cast, now: datetime, gates: list[Tranche]
    ) -> None:
        for draft, field in (
            (MeetingDraft(" ", now.date(), [gates[0].id]), "title"),
            (MeetingDraft("Gates", now.date(), []), "gates"),
            (MeetingDraft("Gates", now.date(), [gates[0].id] * 2), "gates"),
            (MeetingDraft("Gates", now.date(), [987_654]), "gates"),
        ):
            with pytest.raises(InvalidError) as caught, transaction(session):
                call_meeting(session, draft, once_key="a" * 32, actor=cast.manager, now=now)
            assert list(caught.value.fields) == [field]
        with pytest.raises(NotAllowedError), transaction(session):
            make_meeting(session, gates, actor=cast.cfo, now=now)


class TestMinutes:
    def test_are_not_overwritten_by_who_did_not_see_them(
        self, session: Session, cast: Cast, now: datetime, meeting_id: int
    ) -> None:
        first = version_of(session, meeting_id)
        minute(session, meeting_id, cast, now, "Mine")
        with pytest.raises(ConflictError, match="changed this meeting"):
            minute(session, meeting_id, cast, now, "Theirs", seen=first)
        assert get_meeting(session, meeting_id).items[0].note == "Mine"


class TestClose:
    def test_freezes_agenda_decisions_and_notes_for_good(
        self, session: Session, cast: Cast, now: datetime, gates: list[Tranche], meeting_id: int
    ) -> None:
        with transaction(session):
            decide(session, gates[0], HurdleAction.HOLD, actor=cast.cfo, now=now)
        minute(session, meeting_id, cast, now, "Wait for March")
        seen = version_of(session, meeting_id)
        with transaction(session):
            close_meeting(session, meeting_id, seen=seen, actor=cast.manager, now=now)

        session.expire_all()
        meeting = get_meeting(session, meeting_id)
        minutes = read_minutes(session, meeting)
        first, second = minutes["items"]
        assert minutes["attendees"] == [cast.cfo.name] and minutes["guests"] == "Auditor"
        assert (first["key"], first["note"]) == ("CX-101", "Wait for March")
        assert [one["action"] for one in first["decisions"]] == ["Hold"]
        assert second["decisions"] == []
        assert meeting.content is not None and meeting.content_digest == digest(meeting.content)
        assert (
            json.dumps(minutes, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            == meeting.content.decode()
        )
        assert actions(session, meeting_id) == [
            "meeting.called", "meeting.minuted", "meeting.closed"
        ]  # fmt: skip
        with pytest.raises(ConflictError, match="never change"):
            minute(session, meeting_id, cast, now, "Later")
        for statement in (
            "UPDATE gate_meetings SET title = 'x'", "DELETE FROM gate_meetings",
            "UPDATE meeting_items SET note = 'x'", "DELETE FROM meeting_items",
            "DELETE FROM meeting_attendees",
            f"INSERT INTO meeting_items (meeting_id, tranche_id, position, note)"
            f" VALUES ({meeting_id}, {gates[2].id}, 3, '')",
        ):  # fmt: skip
            with pytest.raises(DBAPIError):
                session.execute(text(statement))
            session.rollback()

    def test_waits_for_the_day_and_for_somebody_there(
        self, session: Session, cast: Cast, now: datetime, gates: list[Tranche], meeting_id: int
    ) -> None:
        with transaction(session):
            later = make_meeting(
                session, gates, actor=cast.manager, now=now, held_on=now.date() + timedelta(days=1)
            )
        for id_, words in ((meeting_id, "who was there"), (later, "can be closed from then on")):
            with pytest.raises(ConflictError, match=words), transaction(session):
                close_meeting(session, id_, seen=1, actor=cast.manager, now=now)


class TestArchive:
    def test_is_found_by_words_day_and_initiative(
        self, session: Session, cast: Cast, now: datetime, gates: list[Tranche], meeting_id: int
    ) -> None:
        with transaction(session):
            decide(session, gates[2], HurdleAction.STOP, actor=cast.cfo, now=now, reason="Too dear")
            make_meeting(
                session, gates[2:], actor=cast.manager, now=now, title="March, 100%",
                held_on=date(2027, 3, 1),
            )  # fmt: skip
        minute(session, meeting_id, cast, now, "Nobody answered the letter")
        assert found(session) == ["March, 100%", "February gates"]
        assert found(session, text="LETTER tracker") == ["February gates"]
        assert found(session, text="100%") == ["March, 100%"]
        assert found(session, text="dear") == ["March, 100%"]
        assert found(session, text="auditor") == ["February gates"]
        assert found(session, text=cast.cfo.name) == ["February gates"]
        assert found(session, initiative="CX-103") == ["March, 100%"]
        assert found(session, since=date(2027, 2, 16)) == ["March, 100%"]
        assert found(session, until=date(2027, 2, 15), text="letter march") == []
