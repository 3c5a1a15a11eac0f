"""Read what is changed together: a selection of the registry, and bulk edits made."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Person
from app.errors import NotFoundError
from app.initiatives.models import BulkEdit, Initiative
from app.initiatives.queries.registry import RegistryFilter, matching_ids

_PARTS = (
    joinedload(Initiative.journey),
    joinedload(Initiative.cycle),
    joinedload(Initiative.owner).lazyload(Person.grants),
    joinedload(Initiative.sponsor).lazyload(Person.grants),
)


def list_matching(session: Session, wanted: RegistryFilter, *, most: int) -> list[Initiative]:
    """All that match, by key, with what their simple fields point at; one more than ``most``."""
    return _by_key(session, Initiative.id.in_(matching_ids(wanted)), most + 1)


def list_picked(session: Session, ids: Collection[int]) -> list[Initiative]:
    """Those of the given ids, the same way."""
    return _by_key(session, Initiative.id.in_(ids), len(ids))


def _by_key(session: Session, condition: Any, most: int) -> list[Initiative]:
    query = select(Initiative).where(condition).options(*_PARTS).limit(most)
    return list(
        session.scalars(
            query.order_by(func.length(Initiative.key), Initiative.key).execution_options(
                populate_existing=True
            )
        )
    )


def get_bulk_edit(session: Session, edit_id: int) -> BulkEdit:
    """Raises NotFoundError."""
    edit = session.get(BulkEdit, edit_id)
    if edit is None:
        raise NotFoundError("There is no such bulk edit.")
    return edit


def load_edited(session: Session, edit: BulkEdit) -> dict[int, Initiative]:
    """The initiatives a bulk edit changed, by id, in the order of keys."""
    return {one.id: one for one in list_picked(session, [int(row[0] or 0) for row in edit.rows])}
