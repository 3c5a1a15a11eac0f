"""Take one customer out of a log; the record says that it was done, not who it was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import InvalidError, NotAllowedError, UnavailableError
from app.interactions.engine import apart
from app.interactions.engine.log import customer_pseudonym
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import EraseRequest
from app.interactions.services.store import LogStore
from app.journeys.models import InteractionSource


def check_may_erase(actor: Person, key: str) -> None:
    """Raises NotAllowedError for all but CX leads and admins, InvalidError without a key."""
    if not actor.may("interactions.erase"):
        raise NotAllowedError("Only a CX lead or an admin erases a customer.")
    if not key.strip():
        raise InvalidError("Name the customer's key as the logs have it.", field="customer")


def erase_customer(store: LogStore, source: InteractionSource, key: str) -> int:
    """Rewrite a source's log without the customer's rows; gives how many went.

    A warehouse's table is not ours to change: 0. The caller notes it with `note_erasure` and
    counts the source again. Raises InvalidError and UnavailableError.
    """
    if source.address:
        return 0
    folder = store.log_folder(source.digest, source.mapping_name)
    customer = customer_pseudonym(key, store.secret())
    request = EraseRequest(folder=str(folder.resolve()), customer=customer, limits=store.limits)
    try:
        return apart.erase(request).erased
    except FileRefusedError as error:
        raise InvalidError(f"“{source.name}”: {error}") from error
    except apart.EngineFailedError as error:
        raise UnavailableError(f"“{source.name}”: {error}") from error


def note_erasure(
    session: Session, source: InteractionSource, rows: int, *, actor: Person, now: datetime
) -> None:
    """Record that rows of some customer were erased; no word of which."""
    record(
        session, actor=actor, action="interactions.erased", subject=f"interactions:{source.id}",
        after={"rows": rows}, now=now,
    )  # fmt: skip
