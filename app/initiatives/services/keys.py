"""Keys such as CX-101, given out one by one however many people create at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.initiatives.models import Initiative, KeySeries

PREFIX = "CX"
_BEFORE_FIRST = 100
_LINKS = "links"


def next_key(session: Session, prefix: str = PREFIX) -> str:
    """The next free key of a series; others who want one wait for this transaction."""
    while True:
        key = f"{prefix}-{_advance(session, prefix)}"
        taken = session.scalar(select(Initiative.id).where(Initiative.key == key))
        if taken is None:
            return key


def lock_links(session: Session) -> None:
    """Let one transaction at a time change links, so that no two close a circle together."""
    _advance(session, _LINKS)


def _advance(session: Session, prefix: str) -> int:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite_insert if is_sqlite else postgresql_insert
    statement = (
        insert(KeySeries)
        .values(prefix=prefix, last_number=_BEFORE_FIRST + 1)
        .on_conflict_do_update(
            index_elements=["prefix"], set_={"last_number": KeySeries.last_number + 1}
        )
        .returning(KeySeries.last_number)
        .execution_options(populate_existing=True)
    )
    return int(session.execute(statement).scalar_one())
