"""Read gate meetings: one with its agenda, the archive, and hurdles to put on an agenda."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from app.accounts.models import Person
from app.approvals.models import Commitment, Tranche
from app.errors import NotFoundError, StaleError
from app.initiatives.models import Initiative, Milestone
from app.meetings.models import GateMeeting, MeetingAttendee, MeetingItem
from app.meetings.rules import MeetingState
from app.roadmap.models import HurdleDecision
from app.roadmap.queries import GateFilter, GateLine, list_gates
from app.values.canonical import digest
from app.values.names import by_name

_MISSING = "There is no such gate meeting."


def get_meeting(session: Session, meeting_id: int) -> GateMeeting:
    """A meeting with agenda, attendees and people. Raises NotFoundError."""
    return _one(session, meeting_id, is_locked=False)


def lock_meeting(session: Session, meeting_id: int) -> GateMeeting:
    """The same, as it is now and locked until the end of the transaction."""
    session.scalar(select(GateMeeting.id).where(GateMeeting.id == meeting_id).with_for_update())
    return _one(session, meeting_id, is_locked=True)


def _one(session: Session, meeting_id: int, *, is_locked: bool) -> GateMeeting:
    found = session.scalar(
        select(GateMeeting)
        .where(GateMeeting.id == meeting_id)
        .options(
            joinedload(GateMeeting.called_by).lazyload(Person.grants),
            joinedload(GateMeeting.changed_by).lazyload(Person.grants),
            joinedload(GateMeeting.closed_by).lazyload(Person.grants),
            selectinload(GateMeeting.items),
            selectinload(GateMeeting.attendees)
            .joinedload(MeetingAttendee.person)
            .lazyload(Person.grants),
        )
        .execution_options(populate_existing=is_locked)
    )
    if found is None:
        raise NotFoundError(_MISSING)
    return found


def read_minutes(session: Session, meeting: GateMeeting) -> Mapping[str, Any]:
    """The closed minutes of a meeting. Raises StaleError where their bytes were tampered with."""
    content = session.scalars(select(GateMeeting.content).where(GateMeeting.id == meeting.id)).one()
    if content is None or digest(content) != meeting.content_digest:
        raise StaleError("These minutes are not what was closed. Tell an admin.")
    minutes: Mapping[str, Any] = json.loads(content)
    return minutes


def list_agenda(session: Session, meeting: GateMeeting, today: date) -> list[GateLine]:
    """The hurdles of a meeting as they stand now, in the order of its agenda."""
    ids = [item.tranche_id for item in meeting.items]
    lines = {one.tranche_id: one for one in list_gates(session, GateFilter(ids=ids), today=today)}
    return [lines[id_] for id_ in ids]


def list_open(session: Session, today: date, most: int) -> list[GateLine]:
    """The open hurdles that are due first, late ones before all."""
    return list_gates(session, GateFilter(is_open=True), today=today, most=most)


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision on a hurdle of a meeting, with who made it."""

    decision: HurdleDecision
    by: str


def load_decisions(
    session: Session, tranche_ids: Collection[int], since: datetime
) -> Mapping[int, Sequence[DecisionLine]]:
    """Decisions on hurdles since a meeting was called, in order, by hurdle."""
    rows = session.execute(
        select(HurdleDecision, Person.name)
        .join(HurdleDecision.decided_by)
        .where(HurdleDecision.tranche_id.in_(tranche_ids), HurdleDecision.decided_at >= since)
        .order_by(HurdleDecision.id)
    )
    found: dict[int, list[DecisionLine]] = {}
    for decision, name in rows:
        found.setdefault(decision.tranche_id, []).append(DecisionLine(decision, name))
    return found


@dataclass(frozen=True, slots=True)
class ArchiveFilter:
    """Which meetings somebody looks for; ``until`` is inclusive.

    Those of a cycle have a hurdle on their agenda of an initiative approved in it.
    """

    text: str = ""
    initiative: str = ""
    since: date | None = None
    until: date | None = None
    cycle_id: int | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        wanted = [_holds(word) for word in self.text.split()]
        if self.initiative:
            wanted.append(_has_item(func.lower(Initiative.key) == self.initiative.lower()))
        if self.cycle_id is not None:
            wanted.append(_has_item(Commitment.cycle_id == self.cycle_id))
        if self.since is not None:
            wanted.append(GateMeeting.held_on >= self.since)
        if self.until is not None:
            wanted.append(GateMeeting.held_on <= self.until)
        return wanted


def _holds(word: str) -> ColumnElement[bool]:
    """Whether a word stands in title, people, notes, hurdles, initiatives or reasons."""
    return or_(
        _has(GateMeeting.title, word),
        _has(GateMeeting.guests, word),
        select(MeetingAttendee.person_id)
        .join(MeetingAttendee.person)
        .where(MeetingAttendee.meeting_id == GateMeeting.id, _has(Person.name, word))
        .correlate(GateMeeting)
        .exists(),
        _has_item(
            or_(
                *(
                    _has(column, word)
                    for column in (
                        MeetingItem.note, Milestone.name, Initiative.key, Initiative.title
                    )
                ),
                select(HurdleDecision.id)
                .where(
                    HurdleDecision.tranche_id == MeetingItem.tranche_id,
                    HurdleDecision.decided_at >= GateMeeting.called_at,
                    or_(
                        GateMeeting.closed_at.is_(None),
                        HurdleDecision.decided_at <= GateMeeting.closed_at,
                    ),
                    _has(HurdleDecision.reason, word),
                )
                .correlate(MeetingItem, GateMeeting)
                .exists(),
            )
        ),
    )  # fmt: skip


def _has(column: Any, word: str) -> ColumnElement[bool]:
    return func.lower(column).contains(word.lower(), autoescape=True)


def _has_item(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(MeetingItem.id)
        .join(MeetingItem.tranche)
        .join(Tranche.milestone)
        .join(Tranche.commitment)
        .join(Commitment.initiative)
        .where(MeetingItem.meeting_id == GateMeeting.id, condition)
        .correlate(GateMeeting)
        .exists()
    )


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting in the archive."""

    id: int
    title: str
    held_on: date
    state: MeetingState
    called_by: str
    items: int
    digest: str | None


def list_meetings(
    session: Session, wanted: ArchiveFilter, *, offset: int, limit: int
) -> tuple[list[MeetingLine], int]:
    """Meetings that fit, the latest day first, and how many there are in all."""
    total = session.scalar(select(func.count(GateMeeting.id)).where(*wanted.conditions))
    return list_latest(session, wanted, offset=offset, limit=limit), int(total or 0)


def list_latest(
    session: Session, wanted: ArchiveFilter, *, limit: int, offset: int = 0
) -> list[MeetingLine]:
    """Meetings that fit, the latest day first, in one query."""
    caller = aliased(Person)
    items = (
        select(func.count())
        .select_from(MeetingItem)
        .where(MeetingItem.meeting_id == GateMeeting.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            GateMeeting.id, GateMeeting.title, GateMeeting.held_on, GateMeeting.state, caller.name,
            items, GateMeeting.content_digest,
        )
        .join(caller, caller.id == GateMeeting.called_by_id)
        .where(*wanted.conditions)
        .order_by(GateMeeting.held_on.desc(), GateMeeting.id.desc())
        .offset(offset)
        .limit(limit)
    )  # fmt: skip
    return [MeetingLine(*row) for row in rows]


def list_people_to_attend(session: Session, known: Collection[int]) -> list[tuple[int, str]]:
    """Active people by name, and those noted already whoever they are now."""
    rows = session.execute(
        select(Person.id, Person.name)
        .where(or_(Person.is_active, Person.id.in_(known)))
        .order_by(Person.id)
    )
    return by_name(((id_, name) for id_, name in rows), lambda one: one[1])
