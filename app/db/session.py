"""The one transaction: the only place that commits or rolls back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.db.refusals import refusal_of
from app.db.sqlite import WRITE_OPTION, writer_gate
from app.errors import ConflictError

TRANSACTION_OPEN = "transaction_open"
"""What a session's ``info`` holds while a transaction that writes is open."""


@contextmanager
def transaction(session: Session) -> Iterator[Session]:
    """Open a writing transaction, commit it at the end, or roll all of it back.

    Everything read before is expired, so a service decides on what is true inside the transaction.
    Load what you are going to change inside the block. Callables put on
    ``session.info["after_commit"]`` by services run once the commit is safe.
    Raises ConflictError when somebody else changed a row meanwhile, InvalidError at the field when
    they took a unique name meanwhile, and UnavailableError when the database is locked, full, gone
    or without its tables.
    """
    if session.info.get(TRANSACTION_OPEN):
        raise RuntimeError("A transaction is open already; services never open their own.")
    session.rollback()
    bind = session.get_bind()
    session.info[TRANSACTION_OPEN] = True
    session.info["after_commit"] = []
    try:
        with writer_gate(bind.engine.url):
            try:
                session.connection(execution_options={WRITE_OPTION: True})
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
        wake = session.info["after_commit"]
    except StaleDataError as error:
        raise ConflictError(
            "Somebody else changed this at the same moment; yours was not saved. Look at it again."
        ) from error
    except DBAPIError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error
    finally:
        session.info.pop(TRANSACTION_OPEN, None)
        session.info.pop("after_commit", None)
    for call in wake:
        call()


class _TriedError(Exception):
    """Ends a trial; nobody sees it."""


@contextmanager
def trial(session: Session) -> Iterator[Session]:
    """Open a writing transaction that is rolled back whatever happens (docs/adr/024).

    What services would refuse is known afterwards, and nothing is saved. Raises as `transaction`.
    """
    with suppress(_TriedError), transaction(session):
        yield session
        raise _TriedError
