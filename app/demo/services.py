"""Load the demo company into an empty company, and take it away as a whole (docs/adr/025)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEvent, AuditHead
from app.audit.rules import GENESIS
from app.audit.services import record
from app.db.session import transaction
from app.db.tables import stored_tables, without_guards
from app.demo.queries import (
    BEGUN,
    Removal,
    find_load,
    list_demo_people,
    list_filled,
    load_removal,
    situation_of,
    stand_of,
)
from app.demo.rules import ACCOUNTS, KIND, PERMISSION, RUNNING, SUBJECT, TRAIL, Stand, removal_bars
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.interactions.queries import list_live_sources
from app.interactions.services import LogStore
from app.jobs.engine import RunningJob
from app.jobs.services import enqueue
from seeds.demo import seed_demo
from seeds.steps.moments import Moments, last_day_told
from seeds.steps.people import add_people
from seeds.story.company import COMPANY

NOT_ALLOWED = "Only an admin loads or removes the demo company."


def begin_demo(session: Session, *, actor: Person, now: datetime) -> str | None:
    """Bring the demo's people into an empty company and have the rest of the story told.

    Gives the password its people sign in with, to be shown once; None where a story that broke off
    goes on, whose people have theirs. Raises ConflictError where the company keeps anything.
    """
    _check_admin(actor)
    people = list_demo_people(session)
    stand = stand_of(session, people, find_load(session))
    if stand is Stand.BROKEN:
        enqueue(session, kind=KIND, payload={}, actor=actor, now=now)
        record(session, actor=actor, action="demo.resumed", subject=SUBJECT, now=now)
        return None
    if people:
        raise ConflictError("The demo company is here already.")
    if filled := list_filled(session):
        raise ConflictError(
            "The demo company is loaded into an empty company only, and this one keeps something:"
            f" {', '.join(name.replace('_', ' ') for name in filled[:5])}. Look at the demo in a"
            " database of its own."
        )
    password = "-".join(secrets.token_hex(3) for _ in range(4))
    record(session, actor=actor, action=BEGUN, subject=SUBJECT, now=now)
    add_people(session, password=password, now=Moments(last_day_told(now)).founding)
    enqueue(session, kind=KIND, payload={}, actor=actor, now=now)
    return password


def tell_demo(job: RunningJob, store: LogStore) -> None:
    """Carry out the job: tell the story up to now; what a broken attempt told already stays."""

    def tell(part: str) -> None:
        job.progress({"phase": part}, force=True)

    with job.sessions() as session:
        seed_demo(session, store, password=secrets.token_urlsafe(32), now=job.now(), tell=tell)
        with transaction(session):
            job.finish(session)


@dataclass(frozen=True, slots=True)
class RemovalOrder:
    """Somebody's order to remove the demo; ``typed`` is what they wrote to confirm it.

    ``is_reloaded``: whether this installation loads the demo at each start.
    """

    typed: str
    is_reloaded: bool


def remove_demo(
    session: Session, store: LogStore, order: RemovalOrder, *, actor: Person, now: datetime
) -> None:
    """Make the company an empty one again; people who are not of the demo stay.

    The trail of audit events ends before the demo and goes on with one event that names the part
    which went. Raises ConflictError with every reason that bars it, InvalidError at ``typed``.
    """
    _check_admin(actor)
    people = list_demo_people(session)
    stand = stand_of(session, people, find_load(session))
    removal = load_removal(session, people) if people else None
    situation = situation_of(stand, removal, actor, is_reloaded=order.is_reloaded)
    if (bars := removal_bars(situation)) or removal is None:
        raise ConflictError(" ".join(bars))
    if order.typed.strip() != COMPANY:
        raise InvalidError(f"Write “{COMPANY}” to confirm that all of it goes.", field="typed")
    logs = [store.log_folder(one.id, one.digest) for one in list_live_sources(session)]
    after = _event_of(session, removal)
    session.flush()
    connection = session.connection()
    tables = stored_tables(connection)
    with without_guards(connection, tables):
        _empty(connection, tables)
        _cut_trail(session, removal.first_event)
        _take_people(connection, tables, [person.id for person in removal.going])
    session.expire_all()
    record(
        session, actor=actor, action="demo.removed", subject=SUBJECT, after=after, now=now,
        reason=f"Confirmed by writing “{COMPANY}”.",
    )  # fmt: skip
    session.info["after_commit"].extend(lambda log=log: store.remove(log) for log in logs)


def _check_admin(actor: Person) -> None:
    if not actor.may(PERMISSION):
        raise NotAllowedError(NOT_ALLOWED)


def _event_of(session: Session, removal: Removal) -> Mapping[str, object]:
    """What the trail keeps of what went: how much, where its own trail ended, and who stays."""
    head = session.execute(select(AuditHead.number, AuditHead.hash)).one()
    return {
        "removed": {words: count for count, words in removal.counts},
        "people_removed": [person.audit_name for person in removal.going],
        "people_kept": [
            {"name": one.audit_name, "roles": sorted(role.value for role in one.held_roles)}
            for one in removal.staying
        ],
        "roles_withdrawn": [f"{one.person}: {one.role.word}" for one in removal.lost_roles],
        "events_removed": removal.events,
        "first_event_removed": removal.first_event,
        "trail_ended": f"{head.number}:{head.hash}",
    }


def _empty(connection: Connection, tables: Sequence[Table]) -> None:
    """Delete what the company keeps, and what runs for it; workers go on."""
    stays = ACCOUNTS | TRAIL | (RUNNING - {"jobs", "request_keys"})
    for table in reversed(tables):
        if table.name not in stays:
            connection.execute(delete(table))


def _cut_trail(session: Session, first: int) -> None:
    """Let the trail end before the event ``first``, as it did when the demo came."""
    session.execute(delete(AuditEvent).where(AuditEvent.number >= first))
    last = session.execute(
        select(AuditEvent.number, AuditEvent.hash).where(AuditEvent.number == first - 1)
    ).first()
    number, link = (last.number, last.hash) if last else (0, GENESIS)
    session.execute(update(AuditHead).values(number=number, hash=link))


def _take_people(connection: Connection, tables: Sequence[Table], going: Sequence[int]) -> None:
    """Delete the people and every row about accounts in which they had a hand."""
    people, mails = _named(tables, "people"), _named(tables, "mails")
    emails = select(people.c.email).where(people.c.id.in_(going))
    connection.execute(delete(mails).where(func.lower(mails.c.recipient).in_(emails)))
    for table in reversed(tables):
        if table.name not in ACCOUNTS or table.name == "people":
            continue
        theirs = [
            key.parent.in_(going) for key in table.foreign_keys if key.column.table.name == "people"
        ]
        if theirs:
            connection.execute(delete(table).where(or_(*theirs)))
    connection.execute(delete(people).where(people.c.id.in_(going)))


def _named(tables: Sequence[Table], name: str) -> Table:
    return next(table for table in tables if table.name == name)
