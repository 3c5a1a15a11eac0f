"""What one test did to its database, the next one does not find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session

from app.audit.services import record
from tests.factories.accounts import make_cast
from tests.support.databases import Databases
from tests.support.digests import database_digest


def _adds_rows(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        assert make_cast(session).lead.id == 1


def _adds_rows_that_are_kept(engine: Engine) -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    with Session(engine) as session, session.begin():
        record(session, actor=None, action="tests.done", subject="test:1", now=now)


def _adds_a_table(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_over (id INTEGER)"))


def _takes_a_guard_away(engine: Engine) -> None:
    words = {
        "sqlite": "DROP TRIGGER audit_events_append_only_delete",
        "postgresql": "ALTER TABLE audit_events DISABLE TRIGGER USER",
    }
    with engine.begin() as connection:
        connection.execute(text(words[engine.dialect.name]))


def _names_another_revision(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))


def _guard_holds(engine: Engine) -> bool:
    _adds_rows_that_are_kept(engine)
    try:
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM audit_events"))
    except Exception as error:
        return "audit" in str(error).lower()
    return False


class TestReset:
    @pytest.mark.parametrize(
        "use",
        [
            _adds_rows, _adds_rows_that_are_kept, _adds_a_table, _takes_a_guard_away,
            _names_another_revision,
        ],
    )  # fmt: skip
    def test_puts_everything_back(
        self, database: Databases, engine: Engine, use: Callable[[Engine], None]
    ) -> None:
        tables, content = set(inspect(engine).get_table_names()), database_digest(engine)
        for _ in range(2):
            use(engine)
            engine.dispose()
            database.reset()
            assert set(inspect(engine).get_table_names()) == tables
            assert database_digest(engine) == content
        assert _guard_holds(engine)

    def test_lets_nobody_hold_on(self, database: Databases, engine: Engine) -> None:
        with engine.connect() as forgotten:
            if database.kind == "postgresql":
                forgotten.execute(text("LOCK TABLE people"))
            database.reset()
            forgotten.invalidate()
        with engine.begin() as connection:
            assert connection.scalar(text("SELECT count(*) FROM people")) == 0
