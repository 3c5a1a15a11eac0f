"""Workbooks that came back and were saved."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.errors import NotFoundError
from app.registry.models import RegistryEdit


def get_edit(session: Session, edit_id: int) -> RegistryEdit:
    """Raises NotFoundError."""
    found = session.get(RegistryEdit, edit_id)
    if found is None:
        raise NotFoundError("There is no such import.")
    return found


def list_edits(session: Session, *, limit: int = 50) -> list[tuple[RegistryEdit, str]]:
    """What was saved from files, with the name of who did it, the newest first."""
    query = (
        select(RegistryEdit, Person.name)
        .join(Person, Person.id == RegistryEdit.made_by_id)
        .order_by(RegistryEdit.id.desc())
        .limit(limit)
    )
    return [(edit, name) for edit, name in session.execute(query)]
