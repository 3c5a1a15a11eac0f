"""Tables of a warehouse, which are counted where they lie."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import InvalidError
from app.interactions.engine.mapping import Mapping
from app.interactions.services.importing import ask_count, check_may_import, refuse_known
from app.journeys.models import InteractionSource
from app.journeys.rules import SourceState
from app.values.canonical import digest


def add_warehouse(
    session: Session,
    address: str,
    table: str,
    mapping: Mapping,
    *,
    actor: Person,
    now: datetime,
) -> InteractionSource:
    """Count a table of a warehouse from now on, where it lies. Raises InvalidError.

    Passwords are no part of an address: the warehouse's own driver finds them, such as in
    PGPASSWORD or a password file.
    """
    check_may_import(actor)
    _check_address(address, table)
    place = f"{address}#{table}"
    known = digest(place.encode())
    refuse_known(session, known, mapping)
    source = InteractionSource(
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
    session.add(source)
    session.flush()
    record(
        session, actor=actor, action="interactions.warehouse_added",
        subject=f"interactions:{source.id}", now=now,
        after={"address": address, "table": table, "mapping": mapping.name},
    )  # fmt: skip
    ask_count(session, source, actor, now)
    return source


def _check_address(address: str, table: str) -> None:
    parts = urlsplit(address)
    if not parts.scheme or not table:
        raise InvalidError(
            "Write the warehouse's address as postgresql://host/database, and name a table."
        )
    if parts.password or "password" in parts.query.lower():
        raise InvalidError(
            "An address is kept and shown, so it holds no password. Leave it out, and give it to"
            " the warehouse's driver, such as in PGPASSWORD or a password file."
        )
