"""Migrations keep what people entered: the demo company goes down and up whole.

What a lower schema has no column for is lost on the way down; all else has to come back, step by
step.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine

from app.db.schema import migration_config
from app.db.sqlite import engine_options
from tests.support.application import build_app, let_go
from tests.support.databases import Databases, SqliteDatabases
from tests.support.demo import seeded_file
from tests.support.digests import Columns, database_columns, database_digest

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


def _columns_throughout(revisions: Sequence[str]) -> Columns:
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
        kept = _columns_throughout(revisions)
        for revision, below in pairwise(revisions):
            content[revision] = database_digest(populated, kept)
            populated.dispose()
            command.downgrade(config, below)
        assert database_digest(populated, kept) == content[revisions[0]]
        for revision in reversed(revisions[:-1]):
            populated.dispose()
            command.upgrade(config, revision)
            assert database_digest(populated, kept) == content[revision], revision
