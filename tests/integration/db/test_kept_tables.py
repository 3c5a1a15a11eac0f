"""Every table the models call append-only or kept is so in the database, whatever it is."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.base import AppendOnly, Base, Kept
from app.db.session import transaction
from migrations.metadata import application_metadata

_EVENTS = {8: "DELETE", 16: "UPDATE", 32: "TRUNCATE"}
"""Bits of pg_trigger.tgtype."""


def marked(*marks: type) -> set[str]:
    application_metadata()
    found = {one.class_ for one in Base.registry.mappers}
    return {one.__tablename__ for one in found if issubclass(one, marks)}


def guarded(session: Session) -> dict[str, set[str]]:
    """The tables of the models with a guard by event: DELETE, UPDATE, TRUNCATE."""
    known = set(application_metadata().tables)
    found: dict[str, set[str]] = {event: set() for event in _EVENTS.values()}
    if session.get_bind().dialect.name == "sqlite":
        rows = session.execute(
            text("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for table, sql in rows:
            event = re.search(r"BEFORE (\w+)", sql)
            if event and event[1] in found:
                found[event[1]].add(table)
        return found
    for table, kind in session.execute(
        text(
            "SELECT c.relname, t.tgtype FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal"
        )
    ):
        for bit, event in _EVENTS.items():
            if kind & bit and table in known:
                found[event].add(table)
    return found


class TestKeptTables:
    def test_are_those_the_models_name(self, session: Session) -> None:
        guards = guarded(session)
        assert len(marked(AppendOnly)) > 15 and len(marked(Kept)) > 10
        assert guards["DELETE"] == marked(AppendOnly, Kept)
        assert marked(AppendOnly) - guards["UPDATE"] == set()

    def test_are_never_emptied_at_once(self, session: Session) -> None:
        if session.get_bind().dialect.name == "sqlite":
            return  # there is no TRUNCATE, and DELETE is guarded row by row
        tables = marked(AppendOnly, Kept)
        assert guarded(session)["TRUNCATE"] == tables
        for table in sorted(tables):
            with pytest.raises(IntegrityError), transaction(session):
                session.execute(text(f"TRUNCATE {table} CASCADE"))
