"""Migrations keep what people entered: the demo company goes down and up whole.

What a lower schema has no column for is lost on the way down; all else has to come back, step by
step.
"""

from __future__ import annotations

import shutil
from itertools import pairwise

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine

from app.db.schema import migration_config
from app.db.sqlite import engine_options
from tests.support.databases import Databases, SqliteDatabases
from tests.support.demo import pour, seeded_file
from tests.support.digests import database_digest
from tests.support.revisions import columns_throughout

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


class TestPopulatedDatabase:
    def test_keeps_every_row(self, database: Databases, populated: Engine) -> None:
        config = migration_config(database.url)
        revisions = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
        assert revisions[-1] == FIRST
        content: dict[str, str] = {}
        kept = columns_throughout(tuple(revisions))
        for revision, below in pairwise(revisions):
            content[revision] = database_digest(populated, kept)
            populated.dispose()
            command.downgrade(config, below)
        assert database_digest(populated, kept) == content[revisions[0]]
        for revision in reversed(revisions[:-1]):
            populated.dispose()
            command.upgrade(config, revision)
            assert database_digest(populated, kept) == content[revision], revision
