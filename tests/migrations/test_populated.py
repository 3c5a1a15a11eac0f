"""Migrations keep what people entered: the demo company goes down and up whole.

Tables that a revision brings have no place to be kept below it; all others come back as they were.
"""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from app.db.schema import migration_config
from tests.support.application import build_app, let_go
from tests.support.databases import Databases, SqliteDatabases
from tests.support.demo import seeded_file
from tests.support.digests import table_digests

FIRST = "0001"
"""The revision that makes the tables; below it there is nothing to keep."""


@pytest.fixture
def populated(
    database: Databases, engine: Engine, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Engine:
    """The demo company: on SQLite the copy that other tests read too, on PostgreSQL its own."""
    if isinstance(database, SqliteDatabases):
        file = engine.url.database
        assert file is not None
        shutil.copyfile(seeded_file(tmp_path_factory, database), file)
        return engine
    app = build_app(database.url, tmp_path, DEMO=True)
    seeded = app.test_cli_runner().invoke(args=["seed", "demo"])
    let_go(app)
    assert seeded.exit_code == 0, seeded.output
    return engine


class TestPopulatedDatabase:
    def test_keeps_every_row(self, database: Databases, populated: Engine) -> None:
        config = migration_config(database.url)
        revisions = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
        assert revisions[-1] == FIRST
        content: dict[str, dict[str, str]] = {}
        for revision, below in pairwise(revisions):
            content[revision] = table_digests(populated)
            populated.dispose()
            command.downgrade(config, below)
        kept = table_digests(populated).keys()
        for revision in reversed(revisions[:-1]):
            populated.dispose()
            command.upgrade(config, revision)
            found = table_digests(populated)
            assert {t: found[t] for t in kept} == {t: content[revision][t] for t in kept}, revision
