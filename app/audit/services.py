"""Write who did what: one event for every change, in the change's own transaction.

Events recorded during a transaction are chained when it commits, so that the head of the chain is
the last row the transaction locks and long imports don't keep other writers waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import delete, event, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from app.audit.models import AuditEvent, AuditHead, RequestKey
from app.audit.rules import GENESIS, event_content, event_hash
from app.db.statements import rows_changed
from app.errors import ConflictError, SentBeforeError
from app.values.canonical import canonical_json, digest

_PENDING = "audit_pending"
_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class AuditActor(Protocol):
    """What an event keeps of the person who acted."""

    @property
    def audit_key(self) -> str: ...

    @property
    def audit_name(self) -> str: ...

    @property
    def audit_role(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Pending:
    fields: dict[str, object]
    at: datetime
    savepoint: SessionTransaction | None


def record(
    session: Session,
    *,
    actor: AuditActor | None,
    action: str,
    subject: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
    now: datetime,
) -> None:
    """Note one change, such as ``initiative.submitted`` of ``initiative:12``.

    Call it exactly once per mutation. ``actor`` None is the system itself: a command or a worker.
    Values in ``before`` and ``after`` must have a canonical form.
    """
    at = now.astimezone(UTC)
    fields = {
        "actor": actor.audit_key if actor else "system",
        "actor_name": actor.audit_name if actor else "System",
        "actor_role": actor.audit_role if actor else "system",
        "action": action,
        "subject": subject,
        "before": dict(before) if before is not None else None,
        "after": dict(after) if after is not None else None,
        "reason": reason,
        "request": session.info.get("request_id"),
        "at": at,
    }
    event_content(fields)  # refuses now what could not be chained later
    pending = session.info.setdefault(_PENDING, [])
    pending.append(_Pending(fields, at, session.get_nested_transaction()))


def seal(session: Session) -> None:
    """Append the noted events to the chain, locking its head."""
    pending: list[_Pending] = session.info.pop(_PENDING, [])
    if not pending:
        return
    session.flush()
    head = _locked_head(session)
    for one in pending:
        number = head.number + 1
        content = event_content(one.fields | {"number": number})
        link = event_hash(head.hash, content)
        session.add(
            AuditEvent(
                number=number,
                at=one.at,
                actor=one.fields["actor"],
                actor_name=one.fields["actor_name"],
                action=one.fields["action"],
                subject=one.fields["subject"],
                reason=one.fields["reason"],
                content=content,
                previous_hash=head.hash,
                hash=link,
            )
        )
        head.number, head.hash = number, link
    session.flush()


def _locked_head(session: Session) -> AuditHead:
    query = (
        select(AuditHead)
        .where(AuditHead.id == 1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    head = session.scalar(query)
    if head is None:
        session.execute(
            _dialect_insert(session)(AuditHead)
            .values(id=1, number=0, hash=GENESIS)
            .on_conflict_do_nothing(index_elements=["id"])
        )
        head = session.scalars(query).one()
    return head


@event.listens_for(Session, "before_commit")
def _seal_at_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        seal(session)


@event.listens_for(Session, "do_orm_execute")
def _seal_before_reading(state: ORMExecuteState) -> None:
    if not state.session.info.get(_PENDING) or not state.is_select:
        return
    if any(mapper.class_ is AuditEvent for mapper in state.all_mappers):
        seal(state.session)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    pending: list[_Pending] = session.info.get(_PENDING, [])
    if not pending:
        return
    kept = [one for one in pending if ended.nested and not _within(one.savepoint, ended)]
    session.info[_PENDING] = kept


def _within(savepoint: SessionTransaction | None, ended: SessionTransaction) -> bool:
    while savepoint is not None:
        if savepoint is ended:
            return True
        savepoint = savepoint.parent
    return False


SENT_BEFORE = (
    "This form was sent before with other content, and that was carried out. Look at what it did; "
    "to have this done as well, send it again."
)


def once(
    session: Session,
    key: str,
    actor: AuditActor,
    action: str,
    params: Mapping[str, object],
    *,
    now: datetime | None = None,
) -> Any:
    """Give the answer remembered for a request key, or None if this is the first time.

    The same key with other parameters, another action or another person raises SentBeforeError. The
    key is claimed at once: a second transaction with it waits, then sees the first's answer.
    Call `remember` before the transaction ends.
    """
    wanted = digest(canonical_json(dict(params)))
    claimed = session.execute(
        _dialect_insert(session)(RequestKey)
        .values(
            key=key,
            actor=actor.audit_key,
            action=action,
            parameters_digest=wanted,
            created_at=now or _UNKNOWN_TIME,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(RequestKey.key)
    ).first()
    if claimed is not None:
        return None
    known = session.scalars(
        select(RequestKey).where(RequestKey.key == key).execution_options(populate_existing=True)
    ).one()
    if (known.actor, known.action, known.parameters_digest) != (actor.audit_key, action, wanted):
        raise SentBeforeError(SENT_BEFORE)
    if known.answer is None:
        raise ConflictError("This request is being carried out already.")
    return known.answer


def remember(session: Session, key: str, answer: object) -> None:
    """Keep the answer, not None, to the request key that `once` claimed in this transaction."""
    if answer is None:
        raise ValueError("An answer to remember can't be None.")
    wanted = update(RequestKey).where(RequestKey.key == key).values(answer=answer)
    if not rows_changed(session, wanted):
        raise ValueError("The request key to remember an answer to was not claimed.")


def answered_once(
    session: Session,
    key: str,
    *,
    actor: AuditActor,
    action: str,
    params: Mapping[str, object],
    make: Callable[[], object],
    now: datetime,
) -> Any:
    """Act once per request key: the remembered answer, else what ``make`` gives, remembered."""
    known = once(session, key, actor, action, params, now=now)
    if known is not None:
        return known
    answer = make()
    remember(session, key, answer)
    return answer


def forget_request_keys(session: Session, *, before: datetime) -> int:
    """Drop the answers to requests of long ago, which nobody sends again; gives how many."""
    return rows_changed(session, delete(RequestKey).where(RequestKey.created_at < before))


def _dialect_insert(session: Session) -> Any:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite_insert if is_sqlite else postgresql_insert
