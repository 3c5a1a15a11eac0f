"""Whether the demo is here, and what would go and stay with its removal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Table, func, literal, or_, select, text, union_all
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import Role
from app.audit.models import AuditEvent
from app.db.base import Base
from app.demo.rules import (
    ACCOUNTS,
    KIND,
    OWN_BEGINNINGS,
    RUNNING,
    SUBJECT,
    TRAIL,
    Situation,
    Stand,
)
from app.jobs.models import Job
from app.jobs.rules import JobState

BEGUN = "demo.begun"
COUNTED = (
    ("cycles", "cycle", "cycles"),
    ("journeys", "journey", "journeys"),
    ("initiatives", "initiative", "initiatives"),
    ("interaction_sources", "log of contacts", "logs of contacts"),
    ("scenarios", "scenario", "scenarios"),
    ("proposals", "proposal", "proposals"),
    ("ledger_transfers", "movement of the ledger", "movements of the ledger"),
    ("comments", "comment", "comments"),
    ("approval_limits", "approval limit", "approval limits"),
)
"""Tables whose rows a removal names, with their words for one and for many."""


def company_tables() -> list[Table]:
    """The tables that hold what a company keeps, those that are referred to first."""
    beside = ACCOUNTS | TRAIL | RUNNING
    return [table for table in Base.metadata.sorted_tables if table.name not in beside]


def list_filled(session: Session) -> list[str]:
    """The names of the company's tables that have a row."""
    one = [
        select(literal(table.name)).where(select(text("1")).select_from(table).exists())
        for table in company_tables()
    ]
    return sorted(session.scalars(union_all(*one)))


def is_empty(session: Session) -> bool:
    """Whether the company keeps nothing yet but people."""
    filled = [select(text("1")).select_from(table).exists() for table in company_tables()]
    return not session.scalar(select(or_(*filled)))


def list_demo_people(session: Session) -> Sequence[Person]:
    """The people the demo brought."""
    return session.scalars(select(Person).where(Person.is_demo).order_by(Person.id)).all()


def find_load(session: Session) -> Job | None:
    """The last job that told the story here."""
    return session.scalar(
        select(Job)
        .where(Job.kind == KIND)
        .order_by(Job.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def stand_of(session: Session, people: Sequence[Person], load: Job | None) -> Stand:
    """How the company stands to the demo."""
    if not people:
        return Stand.EMPTY if is_empty(session) else Stand.OWN
    if load is None or load.state is JobState.DONE:
        return Stand.LOADED
    return Stand.LOADING if load.state in (JobState.QUEUED, JobState.RUNNING) else Stand.BROKEN


def find_events(session: Session, people: Sequence[Person]) -> tuple[int, int]:
    """The number of the event with which the demo began, and how many there are from it on; the
    demo, with these people, has to be here."""
    keys = [person.audit_key for person in people]
    is_first = or_(
        (AuditEvent.action == BEGUN) & (AuditEvent.subject == SUBJECT), AuditEvent.subject.in_(keys)
    )
    first = select(func.min(AuditEvent.number)).where(is_first).scalar_subquery()
    later = aliased(AuditEvent)
    count = select(func.count()).where(later.number >= first).scalar_subquery()
    number, events = session.execute(select(first, count)).one()
    return int(number), int(events)


@dataclass(frozen=True, slots=True)
class LostRole:
    """A role of somebody who stays that goes, since somebody of the demo gave or confirmed it."""

    person_id: int
    person: str
    role: Role


@dataclass(frozen=True, slots=True)
class Removal:
    """What a removal takes and leaves."""

    counts: Sequence[tuple[int, str]]
    events: int
    first_event: int
    going: Sequence[Person]
    staying: Sequence[Person]
    lost_roles: Sequence[LostRole]
    own: Sequence[str]


def load_removal(session: Session, going: Sequence[Person]) -> Removal:
    """What goes and stays if the demo is removed now."""
    first, events = find_events(session, going)
    staying = session.scalars(select(Person).where(~Person.is_demo).order_by(Person.name)).all()
    return Removal(
        _counts(session), events, first, going, staying, _lost_roles(session),
        _own(session, first, [person.audit_key for person in staying]),
    )  # fmt: skip


def situation_of(
    stand: Stand, removal: Removal | None, actor: Person, *, is_reloaded: bool
) -> Situation:
    """What bars this person from a removal."""
    lost = removal.lost_roles if removal is not None else ()
    return Situation(
        stand, is_reloaded, actor.is_demo,
        keeps_admin=not any(r.person_id == actor.id and r.role is Role.ADMIN for r in lost),
        own=removal.own if removal is not None else (),
    )  # fmt: skip


def _counts(session: Session) -> list[tuple[int, str]]:
    tables = Base.metadata.tables
    counted = [
        select(literal(name), select(func.count()).select_from(tables[name]).scalar_subquery())
        for name, *_ in COUNTED
    ]
    found = {row[0]: row[1] for row in session.execute(union_all(*counted))}
    return [(found[name], one if found[name] == 1 else many) for name, one, many in COUNTED]


def _lost_roles(session: Session) -> list[LostRole]:
    giver = aliased(Person)
    hands = or_(giver.id == RoleGrant.granted_by_id, giver.id == RoleGrant.confirmed_by_id)
    rows = session.execute(
        select(Person.id, Person.name, RoleGrant.role)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(giver, hands)
        .where(~Person.is_demo, giver.is_demo)
        .distinct()
        .order_by(Person.name)
    )
    return [LostRole(*row) for row in rows]


def _own(session: Session, first: int, actors: list[str]) -> list[str]:
    """What people who stay began beside the demo."""
    rows = session.execute(
        select(AuditEvent.action, AuditEvent.actor_name)
        .where(
            AuditEvent.number > first,
            AuditEvent.actor.in_(actors),
            AuditEvent.action.in_(OWN_BEGINNINGS),
        )
        .order_by(AuditEvent.number)
    )
    named = [f"{OWN_BEGINNINGS[action]}, by {name.partition(' <')[0]}" for action, name in rows]
    return list(dict.fromkeys(named))
