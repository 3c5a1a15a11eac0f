"""A replayed factory leaves what the factory leaves, and only where nothing else was written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, MetaData, event, select
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import make_cast, make_person
from tests.factories.approvals import World, make_commitments, make_world
from tests.support.databases import Databases


@contextmanager
def _orm_statements(engine: Engine) -> Iterator[list[str]]:
    """What the factories ask by themselves; a replay goes past the engine's events."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def _build(engine: Engine, now: datetime, *, before: str = "") -> World:
    with Session(engine, expire_on_commit=False) as session:
        with transaction(session):
            if before:
                make_person(session, before)
            cast = make_cast(session)
        with transaction(session):
            world = make_world(session, cast, now)
        with transaction(session):
            commitments = make_commitments(session, cast, now, world)
        assert world.portfolio.candidates["CX-101"].title == "Claim status tracker"
        assert all(one.initiative.owner.id == cast.owner.id for one in commitments.values())
        return world


def _rows(engine: Engine) -> dict[str, list[Any]]:
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in tables.sorted_tables
        }


class TestKept:
    def test_replays_to_the_same_rows(
        self, database: Databases, engine: Engine, now: datetime
    ) -> None:
        _build(engine, now)
        first = _rows(engine)
        database.reset()
        with _orm_statements(engine) as asked:
            _build(engine, now)
        assert _rows(engine) == first
        assert sum(len(rows) for rows in first.values()) > 200
        assert not [one for one in asked if one.lstrip().startswith("INSERT")]

    def test_runs_as_it_stands_where_something_else_was_written(
        self, database: Databases, engine: Engine, now: datetime
    ) -> None:
        _build(engine, now)
        database.reset()
        with _orm_statements(engine) as asked:
            _build(engine, now, before="Nadia New")
        assert [one for one in asked if one.lstrip().startswith("INSERT INTO commitments")]
