"""Take one customer out of the logs; the record says that it was done, not who it was.

What is going to be erased is kept before any file is touched and goes with the record of it, so
that an erasure that breaks off in between is seen by `doctor` and ended by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import ConflictError, InvalidError, NotAllowedError, UnavailableError
from app.interactions import queries
from app.interactions.engine import apart
from app.interactions.engine.log import customer_pseudonym
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import EraseReport, EraseRequest
from app.interactions.services.importing import ask_count
from app.interactions.services.lineage import take_turns
from app.interactions.services.store import LogStore
from app.journeys.models import InteractionErasure, InteractionSource, InteractionSuppression


def check_may_erase(actor: Person) -> None:
    """Raises NotAllowedError for all but CX leads and admins."""
    if not actor.may("interactions.erase"):
        raise NotAllowedError("Only a CX lead or an admin erases a customer.")


def customer_of(store: LogStore, key: str) -> int:
    """The pseudonym the logs have for a customer's key. Raises InvalidError without a key."""
    if not key.strip():
        raise InvalidError("Name the customer's key as the logs have it.", field="customer")
    return customer_pseudonym(key, store.secret())


@dataclass(frozen=True, slots=True)
class Found:
    """What one log has of a customer: rows, and the contacts they stand for."""

    source_id: int
    name: str
    rows: int
    contacts: int


@dataclass(frozen=True, slots=True)
class Search:
    """What the logs have of a customer: ``looked_at`` are ids of all, ``found`` those with rows."""

    customer: int
    looked_at: tuple[int, ...]
    found: tuple[Found, ...]

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.found)


def find_customer(session: Session, store: LogStore, customer: int) -> Search:
    """What the logs have of a customer; nothing of warehouses, which are not ours.

    Raises InvalidError and UnavailableError.
    """
    logs = _own_logs(session)
    found = []
    for source in logs:
        report = _asked(store, source, customer, only_counts=True)
        if report.erased:
            found.append(Found(source.id, source.name, report.erased, report.contacts))
    return Search(customer, tuple(one.id for one in logs), tuple(found))


def _own_logs(session: Session) -> list[InteractionSource]:
    return [one for one in queries.list_live_sources(session) if not one.address]


def begin_erasures(
    session: Session,
    search: Search,
    *,
    reason: str | None = None,
    actor: Person,
    now: datetime,
) -> None:
    """Keep all that is going to be erased, before any log is touched, and the customer out of
    later logs.

    Raises NotAllowedError, and ConflictError where logs came in or went since they were looked at:
    one that came in may have the customer, one that went can't be rewritten.
    """
    take_turns(session)
    if tuple(one.id for one in _own_logs(session)) != search.looked_at:
        raise ConflictError(
            "While the customer was looked for, a log came in or was taken back. Nothing was"
            " erased; look again."
        )
    customer = search.customer
    suppress_customer(session, customer, actor=actor, now=now)
    for one in search.found:
        source = queries.get_source(session, one.source_id)
        begin_erasure(session, source, customer, one.rows, reason=reason, actor=actor, now=now)


def begin_erasure(
    session: Session,
    source: InteractionSource,
    customer: int,
    rows: int,
    *,
    reason: str | None = None,
    actor: Person,
    now: datetime,
) -> InteractionErasure:
    """Keep that the customer's rows of a log are going to be erased. Raises NotAllowedError."""
    check_may_erase(actor)
    erasure = InteractionErasure(
        source_id=source.id, customer=customer, row_count=rows, asked_by_id=actor.id, asked_at=now
    )
    session.add(erasure)
    session.flush()
    record(
        session, actor=actor, action="interactions.erasure_begun",
        subject=f"interactions:{source.id}", after={"rows": rows}, reason=reason, now=now,
    )  # fmt: skip
    return erasure


def suppress_customer(session: Session, customer: int, *, actor: Person, now: datetime) -> None:
    """Keep the customer's pseudonym, so that later logs leave their rows out; again keeps one.

    The record names the how-manieth it is, not who. Raises NotAllowedError.
    """
    check_may_erase(actor)
    if session.get(InteractionSuppression, customer) is None:
        session.add(InteractionSuppression(customer=customer, added_at=now))
        session.flush()
        number = session.scalar(select(func.count()).select_from(InteractionSuppression))
        record(
            session, actor=actor, action="interactions.kept_out",
            subject=f"suppression:{number}", now=now,
        )  # fmt: skip


def erase_rows(store: LogStore, source: InteractionSource, erasure: InteractionErasure) -> None:
    """Rewrite a source's log without the customer's rows; again changes nothing.

    Raises InvalidError and UnavailableError; then nothing is changed.
    """
    with store.alone_with(store.log_folder(source.id, source.digest)):
        _asked(store, source, erasure.customer)


def end_erasure(
    session: Session, erasure: InteractionErasure, *, actor: Person, now: datetime
) -> None:
    """Record that rows of some customer were erased, forget of which, and ask for a count."""
    check_may_erase(actor)
    source = session.get_one(InteractionSource, erasure.source_id)
    session.delete(erasure)
    session.flush()
    record(
        session, actor=actor, action="interactions.erased", subject=f"interactions:{source.id}",
        after={"rows": erasure.row_count}, now=now,
    )  # fmt: skip
    ask_count(session, source, actor, now)


def _asked(
    store: LogStore, source: InteractionSource, customer: int, *, only_counts: bool = False
) -> EraseReport:
    folder = store.log_folder(source.id, source.digest)
    request = EraseRequest(
        folder=str(folder.resolve()), customer=customer, only_counts=only_counts,
        limits=store.limits,
    )  # fmt: skip
    try:
        return apart.erase(request)
    except FileRefusedError as error:
        raise InvalidError(f"“{source.name}”: {error}") from error
    except apart.EngineFailedError as error:
        raise UnavailableError(f"“{source.name}”: {error}") from error
