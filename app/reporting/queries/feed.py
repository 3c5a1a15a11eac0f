"""Read the days that concern a person: hurdles, milestones, gate meetings, decisions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Decision, Proposal, Tranche
from app.approvals.rules import OPEN_TRANCHES, ProposalState
from app.calendar.models import Cycle
from app.initiatives.models import Initiative, Milestone
from app.initiatives.rules import InitiativeState
from app.meetings.models import GateMeeting, MeetingAttendee, MeetingItem
from app.meetings.rules import MeetingState
from app.reporting.rules import Entry
from app.roadmap.models import DateMove

MOST = 500
"""Entries of each kind; calendars keep no more in sight."""
KEPT = timedelta(days=92)
"""How long an open day that is over stays."""

_PLANNED = (
    InitiativeState.DRAFT,
    InitiativeState.SUBMITTED,
    InitiativeState.CERTIFIED,
    InitiativeState.CANDIDATE,
)


def list_entries(session: Session, person: Person, *, today: date) -> list[Entry]:
    """Everything that concerns the person, by day; four queries at most."""
    found = [*_hurdles(session, person, today), *_milestones(session, person, today)]
    if person.may("roadmap.view"):
        found += _meetings(session, person, today)
    if person.may("proposals.decide"):
        found += _decisions(session)
    return sorted(found, key=lambda one: (one.on, one.uid))


def _sees_all(person: Person) -> bool:
    """Whether every open hurdle is a matter of theirs: they record evidence or decide."""
    return person.may("evidence.record") or person.may("hurdles.decide")


def _hurdles(session: Session, person: Person, today: date) -> Iterator[Entry]:
    """Open hurdles that the person owns, brings to decision or decides."""
    moved = (
        select(func.max(DateMove.moved_at))
        .where(DateMove.tranche_id == Tranche.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Tranche.id, Tranche.milestone_id, Tranche.due_on, Tranche.version, Milestone.name,
            Initiative.key, Initiative.title, Initiative.owner_id, Initiative.version, moved,
            Decision.decided_at,
        )
        .join(Tranche.milestone)
        .join(Tranche.commitment)
        .join(Commitment.initiative)
        .join(Commitment.decision)
        .where(
            Tranche.state.in_(OPEN_TRANCHES),
            Tranche.due_on >= today - KEPT,
            true() if _sees_all(person) else Initiative.owner_id == person.id,
        )
        .order_by(Tranche.due_on, Tranche.id)
        .limit(MOST)
    )  # fmt: skip
    for id_, milestone_id, due_on, version, name, key, title, owner, at, moved_at, made in rows:
        yield Entry(
            uid=f"hurdle-{milestone_id}",
            on=due_on,
            title=f"{key} {name}: hurdle due",
            note=f"{title}. {'Yours.' if owner == person.id else 'Evidence and decision are due.'}",
            sequence=version + at,
            stamped_at=moved_at or made,
            endpoint="roadmap.gate",
            place=("tranche_id", id_),
        )


def _milestones(session: Session, person: Person, today: date) -> Iterator[Entry]:
    """Milestones of one's own initiatives that no approval has made a hurdle of yet."""
    rows = session.execute(
        select(
            Milestone.id, Milestone.due_on, Milestone.name, Initiative.key, Initiative.title,
            Initiative.version, Initiative.changed_at,
        )
        .join(Initiative, Initiative.id == Milestone.initiative_id)
        .where(
            Initiative.owner_id == person.id,
            Initiative.state.in_(_PLANNED),
            Milestone.due_on >= today - KEPT,
        )
        .order_by(Milestone.due_on, Milestone.id)
        .limit(MOST)
    )  # fmt: skip
    for id_, due_on, name, key, title, version, changed_at in rows:
        yield Entry(
            uid=f"hurdle-{id_}",
            on=due_on,
            title=f"{key} {name}: milestone planned",
            note=f"{title}. Not approved yet.",
            sequence=version,
            stamped_at=changed_at,
            endpoint="initiatives.show",
            place=("key", key),
        )


def _meetings(session: Session, person: Person, today: date) -> Iterator[Entry]:
    """Open gate meetings the person called or attends, or at which something of theirs is due."""
    attends = select(MeetingAttendee.meeting_id).where(MeetingAttendee.person_id == person.id)
    owns = (
        select(MeetingItem.meeting_id)
        .join(Tranche, Tranche.id == MeetingItem.tranche_id)
        .join(Commitment, Commitment.id == Tranche.commitment_id)
        .join(Initiative, Initiative.id == Commitment.initiative_id)
        .where(Initiative.owner_id == person.id)
    )
    concerns = or_(
        GateMeeting.called_by_id == person.id, GateMeeting.id.in_(attends), GateMeeting.id.in_(owns)
    )
    rows = session.execute(
        select(
            GateMeeting.id, GateMeeting.held_on, GateMeeting.title, GateMeeting.version,
            GateMeeting.changed_at,
        )
        .where(
            GateMeeting.state == MeetingState.OPEN,
            GateMeeting.held_on >= today - KEPT,
            true() if _sees_all(person) else concerns,
        )
        .order_by(GateMeeting.held_on, GateMeeting.id)
        .limit(MOST)
    )  # fmt: skip
    for id_, held_on, title, version, changed_at in rows:
        yield Entry(
            uid=f"meeting-{id_}",
            on=held_on,
            title=f"Gate meeting: {title}",
            note="Agenda and evidence packs are on its page.",
            sequence=version,
            stamped_at=changed_at,
            endpoint="meetings.show",
            place=("meeting_id", id_),
        )


def _decisions(session: Session) -> Iterator[Entry]:
    """Proposals that wait for Finance, on the day they were submitted."""
    rows = session.execute(
        select(Proposal.id, Proposal.submitted_at, Proposal.round, Proposal.version, Cycle.name)
        .join(Proposal.cycle)
        .where(Proposal.state == ProposalState.SUBMITTED)
        .order_by(Proposal.id)
        .limit(MOST)
    )
    for id_, submitted_at, number, version, cycle in rows:
        yield Entry(
            uid=f"proposal-{id_}",
            on=submitted_at.date(),
            title=f"{cycle}, round {number}: decision awaited",
            note="The plan is frozen and waits for Finance.",
            sequence=version,
            stamped_at=submitted_at,
            endpoint="approvals.show",
            place=("proposal_id", id_),
        )
