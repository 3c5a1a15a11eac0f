"""Migrations keep what people entered: the demo company goes down and up whole.

What a lower schema has no column for is lost on the way down; all else has to come back, step by
step.
"""

from __future__ import annotations

import shutil
from functools import cache
from itertools import pairwise
from tempfile import TemporaryDirectory

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine

from app.db.schema import migration_config
from app.db.sqlite import engine_options
from tests.support.databases import Databases, SqliteDatabases
from tests.support.demo import pour, seeded_file
from tests.support.digests import Columns, database_columns, database_digest

FIRST = "0001"
"""The revision that makes the tables; below it there is nothing to keep."""


@pytest.fixture
def populated(
    database: Databases,
    engine: Engine,
    sqlite_databases: SqliteDatabases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Engine:
    """The demo company as other tests read it, on PostgreSQL with the same rows."""
    file = seeded_file(tmp_path_factory, sqlite_databases)
    if isinstance(database, SqliteDatabases):
        assert engine.url.database is not None
        shutil.copyfile(file, engine.url.database)
    else:
        source = create_engine(**engine_options(f"sqlite:///{file}"))
        pour(source, engine)
        source.dispose()
    return engine


@cache
def _columns_throughout(revisions: tuple[str, ...]) -> Columns:
    """The columns every revision has, found in a copy that holds nothing."""
    found: dict[str, list[str]] = {}
    with TemporaryDirectory() as folder:
        empty = f"sqlite:///{folder}/empty.db"
        at = migration_config(empty)
        for place, revision in enumerate(reversed(revisions)):
            command.upgrade(at, revision)
            made = create_engine(**engine_options(empty))
            here = database_columns(made)
            made.dispose()
            if not place:
                found = {name: list(columns) for name, columns in here.items()}
            found = {
                name: [column for column in columns if column in here[name]]
                for name, columns in found.items()
                if name in here and name != "alembic_version"
            }
    return found


class TestPopulatedDatabase:
    def test_keeps_every_row(self, database: Databases, populated: Engine) -> None:
        config = migration_config(database.url)
        revisions = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
        assert revisions[-1] == FIRST
        content: dict[str, str] = {}
        kept = _columns_throughout(tuple(revisions))
        for revision, below in pairwise(revisions):
            content[revision] = database_digest(populated, kept)
            populated.dispose()
            command.downgrade(config, below)
        assert database_digest(populated, kept) == content[revisions[0]]
        for revision in reversed(revisions[:-1]):
            populated.dispose()
            command.upgrade(config, revision)
            assert database_digest(populated, kept) == content[revision], revision
