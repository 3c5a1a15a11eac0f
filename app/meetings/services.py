"""Call a gate meeting, set its agenda, keep its minutes and close them for good.

Nothing is decided here: whoever decides does so at the hurdle, and the meeting shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.audit.services import once, record, remember
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.meetings.models import GateMeeting, MeetingAttendee, MeetingItem
from app.meetings.queries import DecisionLine, list_agenda, load_decisions, lock_meeting
from app.meetings.rules import (
    FrozenDecision,
    FrozenItem,
    FrozenMeeting,
    MeetingDraft,
    MeetingState,
    Minutes,
    closing_fault,
    draft_faults,
    minutes_bytes,
)
from app.roadmap.queries import GateLine
from app.values.canonical import digest
from app.values.texts import LONGEST_NOTE

PERMISSION = "meetings.run"


def call_meeting(
    session: Session, draft: MeetingDraft, *, once_key: str, actor: Person, now: datetime
) -> int:
    """Call a meeting with its agenda, once per key; its id.

    Raises NotAllowedError, InvalidError by field.
    """
    _check_may(actor)
    _check_draft(session, draft)
    parameters = {"title": draft.title, "held_on": draft.held_on, "gates": list(draft.gates)}
    known = once(session, once_key, actor, "meeting.called", parameters, now=now)
    if known is not None:
        return int(known)
    meeting = GateMeeting(
        title=draft.title.strip(), held_on=draft.held_on, state=MeetingState.OPEN, guests="",
        called_by_id=actor.id, called_at=now, changed_by_id=actor.id, changed_at=now,
        items=_items(draft.gates), attendees=[],
    )  # fmt: skip
    session.add(meeting)
    session.flush()
    record(
        session, actor=actor, action="meeting.called", subject=f"gate_meeting:{meeting.id}",
        after=_said(draft), now=now,
    )  # fmt: skip
    remember(session, once_key, meeting.id)
    return meeting.id


def set_agenda(
    session: Session,
    meeting_id: int,
    draft: MeetingDraft,
    *,
    seen: int,
    actor: Person,
    now: datetime,
) -> GateMeeting:
    """Change title, day and agenda; notes stay with the hurdles that stay.

    Raises NotAllowedError, ConflictError when it changed meanwhile or is closed, InvalidError.
    """
    _check_may(actor)
    meeting = _open_meeting(session, meeting_id, seen)
    _check_draft(session, draft)
    before = _said(
        MeetingDraft(meeting.title, meeting.held_on, [one.tranche_id for one in meeting.items])
    )
    kept = {one.tranche_id: one for one in meeting.items}
    noted = [one for one in meeting.items if one.note and one.tranche_id not in draft.gates]
    if noted:
        raise InvalidError(
            "A hurdle with a note stays on the agenda; empty its note first.", field="gates"
        )
    meeting.title, meeting.held_on = draft.title.strip(), draft.held_on
    meeting.items = [kept.get(one.tranche_id, one) for one in _items(draft.gates)]
    for position, one in enumerate(meeting.items, start=1):
        one.position = position
    _touch(session, meeting, actor, now)
    record(
        session, actor=actor, action="meeting.agenda_set", subject=f"gate_meeting:{meeting.id}",
        before=before, after=_said(draft), now=now,
    )  # fmt: skip
    return meeting


def keep_minutes(
    session: Session,
    meeting_id: int,
    minutes: Minutes,
    *,
    seen: int,
    actor: Person,
    now: datetime,
) -> GateMeeting:
    """Save who was there and what was said. Raises as `set_agenda`."""
    _check_may(actor)
    meeting = _open_meeting(session, meeting_id, seen)
    if any(len(note) > LONGEST_NOTE for note in minutes.notes.values()):
        raise InvalidError(f"Shorten each note to {LONGEST_NOTE:,} characters.")
    for item in meeting.items:
        item.note = minutes.notes.get(item.id, item.note).strip()
    known = {one.person_id: one for one in meeting.attendees}
    wanted = sorted(set(minutes.attendees))
    _check_people(session, wanted)
    meeting.attendees = [known.get(id_) or MeetingAttendee(person_id=id_) for id_ in wanted]
    meeting.guests = minutes.guests.strip()
    _touch(session, meeting, actor, now)
    record(
        session, actor=actor, action="meeting.minuted", subject=f"gate_meeting:{meeting.id}",
        after={
            "attendees": wanted, "guests": meeting.guests,
            "notes": {str(one.tranche_id): one.note for one in meeting.items if one.note},
        },
        now=now,
    )  # fmt: skip
    return meeting


def close_meeting(
    session: Session, meeting_id: int, *, seen: int, actor: Person, now: datetime
) -> GateMeeting:
    """Freeze agenda, decisions and notes as bytes with their digest; nothing changes afterwards.

    Raises NotAllowedError, ConflictError when it changed meanwhile, is closed or can't be yet.
    """
    _check_may(actor)
    meeting = _open_meeting(session, meeting_id, seen)
    there = [one.person.name for one in meeting.attendees]
    if fault := closing_fault(meeting.held_on, [*there, *meeting.guests.split()], now.date()):
        raise ConflictError(fault)
    lines = list_agenda(session, meeting, now.date())
    ids = [one.tranche_id for one in lines]
    decisions = load_decisions(session, ids, meeting.called_at)
    frozen = FrozenMeeting(
        id=meeting.id, title=meeting.title, held_on=meeting.held_on, attendees=sorted(there),
        guests=meeting.guests, closed_by=actor.name, closed_at=now,
        items=[
            _frozen(item, line, decisions.get(item.tranche_id, ()))
            for item, line in zip(meeting.items, lines, strict=True)
        ],
    )  # fmt: skip
    content = minutes_bytes(frozen)
    meeting.content, meeting.content_digest = content, digest(content)
    meeting.closed_by_id, meeting.closed_at = actor.id, now
    meeting.state = MeetingState.CLOSED
    session.flush()
    record(
        session, actor=actor, action="meeting.closed", subject=f"gate_meeting:{meeting.id}",
        after={"digest": meeting.content_digest, "items": len(lines)}, now=now,
    )  # fmt: skip
    return meeting


def _frozen(item: MeetingItem, line: GateLine, decisions: Sequence[DecisionLine]) -> FrozenItem:
    return FrozenItem(
        tranche=line.tranche_id, key=line.key, title=line.title, gate=line.milestone,
        due_on=line.due_on, amount_minor=line.amount_minor, currency=line.currency,
        state=line.state.word, measured=line.criteria_words,
        note=item.note,
        decisions=[
            FrozenDecision(
                action=one.decision.action.word, recommended=one.decision.recommended.word,
                grounds=one.decision.grounds, reason=one.decision.reason, by=one.by,
                at=one.decision.decided_at,
            )
            for one in decisions
        ],
    )  # fmt: skip


def _check_may(actor: Person) -> None:
    if not actor.may(PERMISSION):
        raise NotAllowedError("Only a program manager runs gate meetings.")


def _open_meeting(session: Session, meeting_id: int, seen: int) -> GateMeeting:
    meeting = lock_meeting(session, meeting_id)
    if not meeting.is_open:
        raise ConflictError("The minutes of this meeting are closed; they never change.")
    if meeting.version != seen:
        raise ConflictError(
            f"{meeting.changed_by.name} changed this meeting while you were writing. Yours stands "
            "below; look at both and send it again."
        )
    return meeting


def _check_draft(session: Session, draft: MeetingDraft) -> None:
    faults = draft_faults(draft)
    gates = set(draft.gates)
    if not faults and len(gates) != len(draft.gates):
        faults["gates"] = "A hurdle stands on an agenda once."
    if not faults:
        found = session.scalars(select(Tranche.id).where(Tranche.id.in_(gates))).all()
        if len(found) != len(gates):
            faults["gates"] = "One of these hurdles is gone; choose again."
    if faults:
        raise InvalidError("This meeting can't be saved.", fields=faults)


def _check_people(session: Session, wanted: Sequence[int]) -> None:
    found = session.scalars(select(Person.id).where(Person.id.in_(wanted))).all()
    if len(found) != len(wanted):
        raise InvalidError("Choose people from the list.", field="attendees")


def _items(gates: Sequence[int]) -> list[MeetingItem]:
    return [
        MeetingItem(tranche_id=id_, position=position, note="")
        for position, id_ in enumerate(gates, start=1)
    ]


def _said(draft: MeetingDraft) -> dict[str, object]:
    return {"title": draft.title.strip(), "held_on": draft.held_on, "gates": list(draft.gates)}


def _touch(session: Session, meeting: GateMeeting, actor: Person, now: datetime) -> None:
    """Make every save a new version, also one that changes rows of the agenda only."""
    meeting.changed_by_id, meeting.changed_at = actor.id, now
    flag_modified(meeting, "changed_at")
    session.flush()
