"""Digests: at most one a person and day, in the transaction that says the day was looked at.

Whoever else works on the same day finds the row and writes nothing; whoever is killed before the
end leaves neither row nor letter (docs/adr/026).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Digest, Person
from app.accounts.rules.digests import is_digest_time
from app.audit.services import record
from app.db.session import transaction
from app.db.statements import insert_into
from app.jobs.engine import RunningJob
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.services import enqueue
from app.mail.services import Outbox
from app.reporting.queries.digest import (
    due_people,
    find_last_digest,
    is_due_on,
    list_changed,
    list_waiting,
)
from app.reporting.rules import digest_letter

KIND = "write_digests"
WORTH = timedelta(days=3)
"""After so long a digest that could not be sent says nothing that is still so."""
ALIVE = (JobState.QUEUED, JobState.RUNNING)


def wake_digests(session: Session, *, now: datetime) -> None:
    """Ask for the digests of the day, once however many there are, when it is time for them."""
    if not is_digest_time(now):
        return
    if session.scalar(due_people(now.date()).limit(1)) is None:
        return
    if session.scalar(select(Job.id).where(Job.kind == KIND, Job.state.in_(ALIVE)).limit(1)):
        return
    with transaction(session):
        enqueue(session, kind=KIND, payload={}, actor=None, now=now)


def write_digests(job: RunningJob, outbox: Outbox | None) -> None:
    """Look at the day of everybody whose turn it is, each in a transaction of its own."""
    if outbox is None or not is_digest_time(job.now()):
        return
    with job.sessions() as session:
        people = session.scalars(due_people(job.now().date())).all()
    for person_id in people:
        if job.should_stop():
            return
        with job.sessions() as session, transaction(session):
            write_digest(session, person_id, outbox=outbox, now=job.now())


def write_digest(session: Session, person_id: int, *, outbox: Outbox, now: datetime) -> bool:
    """Write what there is to say to one person, once a day; whether there was a letter."""
    day = now.date()
    person = session.scalar(select(Person).where(Person.id == person_id, is_due_on(day)))
    if person is None:
        return False
    since = find_last_digest(session, person) or now - person.digest.period
    taken = (
        insert_into(session, Digest)
        .values(person_id=person.id, day=day, made_at=now)
        .on_conflict_do_nothing(index_elements=["person_id", "day"])
        .returning(Digest.person_id)
    )
    if session.scalar(taken) is None:
        return False
    waits = list_waiting(session, person, today=day)
    changed = list_changed(session, person, since=since)
    letter = digest_letter(
        name=person.name, site=outbox.site, waits=waits, changed=changed, expires_at=now + WORTH
    )
    if letter is None:
        return False
    outbox.write(session, letter, to=person.email, now=now)
    record(
        session, actor=None, action="person.digest_written", subject=person.audit_key,
        after={"waits": len(waits), "changed": len(changed)}, now=now,
    )  # fmt: skip
    return True
