"""Tables of a warehouse, which are counted where they lie."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import ConflictError, InvalidError
from app.interactions import queries
from app.interactions.engine.mapping import Mapping
from app.interactions.engine.requests import CountReport
from app.interactions.services.counting import counted
from app.interactions.services.importing import ask_count, check_may_import, refuse_known
from app.interactions.services.near import near_to
from app.interactions.services.store import LogStore
from app.journeys.models import InteractionSource
from app.journeys.rules import SourceState
from app.values.canonical import digest

_SECRET = re.compile(r"(?i)password|passwd|pwd|token|secret|api_?key")


def new_warehouse(
    session: Session,
    address: str,
    table: str,
    mapping: Mapping,
    *,
    actor: Person,
    now: datetime,
) -> InteractionSource:
    """A table of a warehouse as a source that nobody has added yet.

    Raises NotAllowedError, InvalidError, and ConflictError for a table that is a source already.
    Passwords are no part of an address: the warehouse's own driver finds them, such as in
    PGPASSWORD or a password file.
    """
    check_may_import(actor)
    _check_address(address, table)
    place = f"{address}#{table}"
    known = digest(place.encode())
    refuse_known(session, known, mapping)
    return InteractionSource(
        name=table,
        digest=known,
        mapping_name=mapping.name,
        address=place,
        state=SourceState.IMPORTED,
        row_count=0,
        left_out_count=0,
        unplaced_count=0,
        issues=[],
        mapping=mapping.model_dump(mode="json", exclude_defaults=True),
        imported_by_id=actor.id,
        imported_at=now,
    )


def reached(
    session: Session, source: InteractionSource, store: LogStore, *, now: datetime
) -> CountReport:
    """What a table adds up to before it is added. Raises InvalidError where it can't be reached."""
    try:
        return counted(source, store, near=near_to(session, store, source), now=now)
    except InvalidError as error:
        raise InvalidError(f"{error.message} The source was not added.") from error


def add_warehouse(session: Session, source: InteractionSource, *, actor: Person) -> None:
    """Count a table of a warehouse from now on, where it lies. Raises as `new_warehouse`."""
    check_may_import(actor)
    address, _, table = source.address.partition("#")
    if known := queries.find_live_source(
        session, digest=source.digest, mapping_name=source.mapping_name
    ):
        raise ConflictError(f"This table is a source already, as “{known.name}”.")
    session.add(source)
    session.flush()
    record(
        session, actor=actor, action="interactions.warehouse_added",
        subject=f"interactions:{source.id}", now=source.imported_at,
        after={"address": address, "table": table, "mapping": source.mapping_name},
    )  # fmt: skip
    ask_count(session, source, actor, source.imported_at)


def _check_address(address: str, table: str) -> None:
    parts = urlsplit(address)
    if not parts.scheme or not table:
        raise InvalidError(
            "Write the warehouse's address as postgresql://host/database, and name a table."
        )
    if parts.password or _SECRET.search(parts.query):
        raise InvalidError(
            "An address is kept and shown, so it holds no password. Leave it out, and give it to"
            " the warehouse's driver, such as in PGPASSWORD or a password file."
        )
