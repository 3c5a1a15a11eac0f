"""Read the audit trail."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent, AuditHead
from app.audit.rules import GENESIS, StoredEvent, anchor_faults, event_faults
from app.db.statements import bytes_as_text

Row = TypeVar("Row", bound=Any)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What somebody looks for; empty text finds everything, days are inclusive.

    ``text`` is looked for in names, and from LEAST_LETTERS on in the values before and after, too.
    ``actor`` is a key such as ``person:12``, ``person`` a part of a name or an e-mail address,
    ``request`` the number of the request as logs have it.
    """

    text: str = ""
    subject: str = ""
    actor: str = ""
    person: str = ""
    request: str = ""
    action: str = ""
    first_day: date | None = None
    last_day: date | None = None


def list_events(
    session: Session, wanted: AuditFilter, *, offset: int, limit: int
) -> Sequence[AuditEvent]:
    """Events that fit, the latest first."""
    query = _fitting(select(AuditEvent), wanted)
    return session.scalars(
        query.order_by(AuditEvent.number.desc()).offset(offset).limit(limit)
    ).all()


def count_events(session: Session, wanted: AuditFilter) -> int:
    """How many events fit."""
    return session.scalar(_fitting(select(func.count()).select_from(AuditEvent), wanted)) or 0


def stream_events(session: Session, wanted: AuditFilter) -> Iterator[AuditEvent]:
    """Events that fit from the first on, read piece by piece and forgotten behind the reader."""
    query = _fitting(select(AuditEvent), wanted).order_by(AuditEvent.number)
    for event in session.scalars(query.execution_options(yield_per=500)):
        yield event
        session.expunge(event)


def list_subject_events(
    session: Session, subject: str, *, limit: int = 100
) -> Sequence[AuditEvent]:
    """The history of one thing, such as ``initiative:12``, the latest first."""
    return list_events(session, AuditFilter(subject=subject), offset=0, limit=limit)


def load_changers(
    session: Session,
    subjects: Collection[str],
    *,
    besides: Collection[str],
    since: datetime | None = None,
) -> dict[str, frozenset[int]]:
    """Who did something to each subject, by person id; actions ``besides`` don't count.

    ``since`` leaves out what happened earlier; without it, everything counts.
    """
    at = () if since is None else (AuditEvent.at >= since,)
    found: dict[str, set[int]] = {subject: set() for subject in subjects}
    wanted = sorted(found)
    for start in range(0, len(wanted), _CHUNK):
        rows = session.execute(
            select(AuditEvent.subject, AuditEvent.actor)
            .where(
                AuditEvent.subject.in_(wanted[start : start + _CHUNK]),
                AuditEvent.action.not_in(sorted(besides)),
                AuditEvent.actor.startswith(_PERSON),
                *at,
            )
            .distinct()
        )
        for subject, actor in rows:
            found[subject].add(int(actor.removeprefix(_PERSON)))
    return {subject: frozenset(people) for subject, people in found.items()}


_PERSON = "person:"
_CHUNK = 5_000
"""How many are asked for at once: a query may name 32,766 values in SQLite, more in PostgreSQL."""


def list_actions(session: Session) -> Sequence[str]:
    """Every action that has happened, by name."""
    return session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)).all()


SUBJECT_CURRENCIES: dict[str, Callable[[Collection[int]], Select[int, str]]] = {}
"""By kind of subject, what finds the currency of those with these ids; later stations add theirs.

Ids whose currency is not certain to have been the same at all times are left out.
"""


def load_currencies(session: Session, subjects: Iterable[str]) -> dict[str, str]:
    """The currency of each subject, such as ``pool:3``, that has one for good; in one query."""
    wanted: dict[str, set[int]] = {}
    for subject in subjects:
        kind, _, reference = subject.partition(":")
        if kind in SUBJECT_CURRENCIES and reference.isascii() and reference.isdigit():
            wanted.setdefault(kind, set()).add(int(reference))
    parts = []
    for kind, ids in sorted(wanted.items()):
        found = SUBJECT_CURRENCIES[kind](sorted(ids)).subquery()
        parts.append(select(literal(kind), *found.c))
    if not parts:
        return {}
    rows = session.execute(union_all(*parts))
    return {f"{kind}:{id_}": currency for kind, id_, currency in rows}


def find_head(session: Session) -> AuditHead | None:
    """The end of the chain, or None before the first event."""
    return session.get(AuditHead, 1, populate_existing=True)


def find_last_moment(session: Session) -> datetime | None:
    """When the latest of all events happened, or None before the first."""
    return session.scalar(select(func.max(AuditEvent.at)))


def _fitting(query: Select[Row], wanted: AuditFilter) -> Select[Row]:
    if wanted.subject:
        query = query.where(AuditEvent.subject == wanted.subject)
    if wanted.actor:
        query = query.where(AuditEvent.actor == wanted.actor)
    if wanted.action:
        query = query.where(AuditEvent.action == wanted.action)
    if wanted.first_day:
        query = query.where(AuditEvent.at >= _midnight(wanted.first_day))
    if wanted.last_day:
        query = query.where(AuditEvent.at < _midnight(wanted.last_day + timedelta(days=1)))
    if wanted.person:
        query = query.where(_holds(AuditEvent.actor_name, wanted.person))
    if wanted.request:
        query = query.where(_holds(_CONTENT, f'"request":{json.dumps(wanted.request)}'))
    if wanted.text:
        columns = (AuditEvent.actor_name, AuditEvent.action, AuditEvent.subject, AuditEvent.reason)
        found = [_holds(column, wanted.text) for column in columns]
        if len(wanted.text) >= LEAST_LETTERS:
            written = json.dumps(wanted.text, ensure_ascii=False)[1:-1]
            found.append(_holds(_CONTENT, written))
        query = query.where(or_(*found))
    return query


LEAST_LETTERS = 3
"""Fewer letters stand in nearly every event."""

_CONTENT = bytes_as_text(AuditEvent.content)


def _holds(column: Any, words: str) -> ColumnElement[bool]:
    pattern = f"%{words.replace('/', '//').replace('%', '/%').replace('_', '/_')}%"
    return column.ilike(pattern, escape="/")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking the chain found."""

    count: int
    head: str
    faults: tuple[str, ...]


def check_chain(session: Session, *, anchor: str | None = None) -> ChainReport:
    """Recompute every link; ``anchor`` is a ``number:hash`` that was noted outside the database.

    On PostgreSQL every statement sees what is committed by then, and others may write meanwhile:
    so the head before has to be in the chain, and the head after must not lie behind its end.
    """
    faults: list[str] = []
    before = _named(session)
    known = {0: GENESIS}
    number, link = 0, GENESIS
    query = select(AuditEvent).order_by(AuditEvent.number).execution_options(yield_per=1000)
    for event in session.scalars(query):
        faults += event_faults(_stored(event), expected_number=number + 1, previous_hash=link)
        number, link = event.number, event.hash
        known[number] = link
        session.expunge(event)
    after = _named(session)
    is_named = known.get(before[0]) == before[1] and after[0] >= number
    if not is_named or known.get(after[0], after[1]) != after[1]:
        faults.append(f"The head does not name event {number}, the last one there is.")
    if anchor is not None:
        faults += anchor_faults(anchor, known)
    return ChainReport(number, link, tuple(faults))


def _named(session: Session) -> tuple[int, str]:
    """Number and hash the head names now."""
    head = find_head(session)
    return (head.number, head.hash) if head else (0, GENESIS)


def check_anchors(session: Session, anchors: Iterable[str]) -> tuple[str, ...]:
    """What is wrong with heads noted earlier, a sentence each; `check_chain` sees to the rest."""
    faults: list[str] = []
    for anchor in anchors:
        number = int(anchor.partition(":")[0])
        link = session.scalar(select(AuditEvent.hash).where(AuditEvent.number == number))
        known = {0: GENESIS} | ({number: link} if link else {})
        faults += anchor_faults(anchor, known)
    return tuple(faults)


def _stored(event: AuditEvent) -> StoredEvent:
    return StoredEvent(
        number=event.number,
        content=bytes(event.content),
        previous_hash=event.previous_hash,
        hash=event.hash,
        columns={
            "at": event.at.isoformat(),
            "actor": event.actor,
            "actor_name": event.actor_name,
            "action": event.action,
            "subject": event.subject,
            "reason": event.reason,
        },
    )
