"""Read what waits for a person, and what others changed on what they own, without any money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import Session

from app.accounts.models import Digest, Person
from app.accounts.rules.digests import rhythms_on
from app.approvals.queries import list_returned
from app.audit.models import AuditEvent
from app.comments.queries import list_unread
from app.initiatives.models import Initiative
from app.reporting.queries.home import (
    list_open_gates,
    list_owned,
    list_to_certify,
    list_to_deliver,
    list_waiting_proposals,
)
from app.reporting.rules import MOST_LINES, DigestLine
from app.roadmap.queries.amendments import list_waiting_for
from app.values.written import day_words

AHEAD = timedelta(days=14)
"""How early a hurdle is told of."""
MOST_CHANGES = 200


def is_due_on(day: date) -> ColumnElement[bool]:
    """Whether a person's digest of a day is still to be looked at."""
    seen = select(Digest.person_id).where(Digest.person_id == Person.id, Digest.day == day)
    return Person.is_active & Person.digest.in_(rhythms_on(day)) & ~seen.exists()


def due_people(day: date) -> Select[int]:
    """The ids of those whose digest of a day is to be looked at."""
    return select(Person.id).where(is_due_on(day)).order_by(Person.id)


def find_last_digest(session: Session, person: Person) -> datetime | None:
    """When the person's last digest was looked at."""
    return session.scalar(select(func.max(Digest.made_at)).where(Digest.person_id == person.id))


def list_waiting(session: Session, person: Person, *, today: date) -> list[DigestLine]:
    """Decisions, evidence and steps that are the person's turn, and mentions not read yet."""
    return [
        *_decisions(session, person),
        *_hurdles(session, person, today),
        *_own(session, person),
        *_mentions(session, person),
    ]


def _decisions(session: Session, person: Person) -> Iterator[DigestLine]:
    if person.may("proposals.decide"):
        for one in list_waiting_proposals(session):
            signed = f", signed first by {one.signed_by}" if one.signed_by else ""
            yield DigestLine(
                f"{one.cycle}, round {one.round}: a decision is awaited{signed}",
                f"/proposals/{one.id}",
            )
        lines, count = list_to_certify(session, limit=MOST_LINES)
        if count:
            word = "initiative waits" if count == 1 else "initiatives wait"
            keys = ", ".join(one.key for one in lines)
            yield DigestLine(f"{count} {word} to be certified: {keys}", "/initiatives")
    if person.may("proposals.submit"):
        for returned in list_returned(session):
            yield DigestLine(
                f"{returned.cycle.name}, round {returned.round}: returned with a reason",
                f"/proposals/{returned.id}",
            )
    if person.may("hurdles.decide"):
        for asked in list_waiting_for(session, person.id, limit=MOST_LINES):
            yield DigestLine(
                f"{asked.key} {asked.metric}: {asked.asked_by} asks to amend a criterion",
                f"/gates/{asked.tranche_id}/amendments/{asked.id}",
            )


def _hurdles(session: Session, person: Person, today: date) -> Iterator[DigestLine]:
    """Evidence for who records it, decisions for who makes them and may make this one."""
    records, decides = person.may("evidence.record"), person.may("hurdles.decide")
    if not records and not decides:
        return
    gates = list_open_gates(session, until=today + AHEAD, limit=4 * MOST_LINES, person_id=person.id)
    for one in gates:
        when = "was due" if one.due_on < today else "is due"
        place, on = f"/gates/{one.tranche_id}", day_words(one.due_on)
        if one.is_measured and decides and not one.is_theirs:
            words = f"{one.key} {one.milestone} can be decided; it {when} on {on}"
            yield DigestLine(words, place)
        elif not one.is_measured and records:
            words = f"{one.key} {one.milestone} {when} on {on}: evidence is missing"
            yield DigestLine(words, place)


def _own(session: Session, person: Person) -> Iterator[DigestLine]:
    if not person.may("initiatives.edit"):
        return
    owned = list_owned(session, person, limit=MOST_LINES)
    for one in owned.lines[: owned.needing]:
        yield DigestLine(f"{one.key} {one.title}: {one.next_step}", f"/initiatives/{one.key}")
    for one in list_to_deliver(session, person, limit=MOST_LINES):
        yield DigestLine(f"{one.key} {one.title}: {one.next_step}", f"/initiatives/{one.key}")


def _mentions(session: Session, person: Person) -> Iterator[DigestLine]:
    for one in list_unread(session, person, limit=MOST_LINES)[0]:
        yield DigestLine(f"{one.who} mentions you: {one.on.title}", f"/comments/{one.comment_id}")


def list_changed(session: Session, person: Person, *, since: datetime) -> Sequence[DigestLine]:
    """Own initiatives that others changed since a moment, with what they did, by key."""
    subject = literal("initiative:") + Initiative.id.cast(AuditEvent.subject.type)
    rows = session.execute(
        select(Initiative.key, Initiative.title, AuditEvent.action, AuditEvent.actor_name)
        .join(AuditEvent, AuditEvent.subject == subject)
        .where(
            Initiative.owner_id == person.id,
            AuditEvent.at > since,
            AuditEvent.actor != person.audit_key,
        )
        .order_by(Initiative.key, AuditEvent.number)
        .limit(MOST_CHANGES)
    )
    found: dict[tuple[str, str], dict[str, None]] = {}
    for key, title, action, actor in rows:
        name = actor.partition(" <")[0]
        words = action.replace(".", " ").replace("_", " ").removeprefix("initiative ")
        found.setdefault((key, title), {})[f"{words} by {name}"] = None
    return [
        DigestLine(f"{key} {title}: {', '.join(said)}", f"/initiatives/{key}")
        for (key, title), said in found.items()
    ]
