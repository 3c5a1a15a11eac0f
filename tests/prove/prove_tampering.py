"""An audit trail changed with the database's own rights: every kind of it is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.audit.queries import check_chain
from app.audit.services import record
from app.db.session import transaction
from app.db.sqlite import engine_options
from tests.prove.gate import Gate, Size, databases
from tests.support.application import FIXED_NOW
from tests.support.breaking import broken
from tests.support.databases import Databases, SqliteDatabases
from tests.support.tampering import TAMPERINGS, change_history

EVENTS = 5


@dataclass(frozen=True)
class Anchored:
    """A change that leaves a sound chain; only a head noted outside tells."""

    name: str
    noted: Callable[[Session], str]
    change: Callable[[Session], None]


def gates(_size: Size) -> Iterator[Gate]:
    with TemporaryDirectory(prefix="waymark-prove-") as name, databases(Path(name)) as found:
        for one in found:
            yield _gate(one)


def controls(_size: Size) -> Iterator[Gate]:
    """A chain of which each event is believed."""
    with (
        TemporaryDirectory(prefix="waymark-prove-") as name,
        broken("app.audit.rules.event_faults", lambda *_, **__: []),
    ):
        yield _gate(SqliteDatabases(Path(name)))


def _gate(one: Databases) -> Gate:
    kinds = [*TAMPERINGS, *(anchored.name for anchored in ANCHORED)]
    missed = [kind for kind in TAMPERINGS if not _found(one, kind)]
    missed += [kind.name for kind in ANCHORED if not _found_outside(one, kind)]
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[one.kind]
    return Gate(
        f"{name}: {len(kinds)} kinds of tampering with the trail are found",
        f"{len(kinds) - len(missed)} found, {len(ANCHORED)} of them by a head noted outside"
        + (f"; missed: {', '.join(missed)}" if missed else ""),
        not missed,
    )


def _found(one: Databases, kind: str) -> bool:
    with _chained(one) as session:
        whole = check_chain(session)
        change_history(session, *TAMPERINGS[kind])
        found = check_chain(session)
        session.get_bind().engine.dispose()
        return not whole.faults and bool(found.faults)


def _found_outside(one: Databases, kind: Anchored) -> bool:
    with _chained(one) as session:
        anchor = kind.noted(session)
        kind.change(session)
        is_sound = not check_chain(session).faults
        found = check_chain(session, anchor=anchor).faults
        session.get_bind().engine.dispose()
        return is_sound and bool(found)


def _chained(one: Databases) -> Session:
    """A trail of a few events, in a session."""
    one.reset()
    session = Session(create_engine(**engine_options(one.url)), expire_on_commit=False)
    for number in range(1, EVENTS + 1):
        _note(session, f"thing:{number}", minutes=number)
    return session


def _note(session: Session, subject: str, *, minutes: int = 0) -> None:
    with transaction(session):
        record(
            session, actor=None, action="thing.changed", subject=subject, after={"n": 1},
            now=FIXED_NOW + timedelta(minutes=minutes),
        )  # fmt: skip


def _head(session: Session) -> str:
    report = check_chain(session)
    return f"{report.count}:{report.head}"


def _third(session: Session) -> str:
    return f"3:{session.get_one(AuditEvent, 3).hash}"


def _cut(session: Session) -> None:
    change_history(
        session,
        f"DELETE FROM audit_events WHERE number = {EVENTS}",
        f"UPDATE audit_heads SET number = {EVENTS - 1},"
        f" hash = (SELECT hash FROM audit_events WHERE number = {EVENTS - 1})",
    )


def _rewrite(session: Session) -> None:
    change_history(session, "DELETE FROM audit_events", "DELETE FROM audit_heads")
    with transaction(session):
        session.expunge_all()
        session.execute(text("SELECT 1"))
    for number in range(EVENTS):
        _note(session, f"forged:{number}")


ANCHORED = (
    Anchored("an end cut off", _head, _cut),
    Anchored("a trail written anew", _third, _rewrite),
)
