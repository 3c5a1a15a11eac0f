"""Migrations keep what people entered: the demo company goes down and up whole."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from app.db.schema import migration_config
from tests.support.application import build_app, let_go
from tests.support.databases import Databases
from tests.support.digests import database_digest

FIRST = "0001"
"""The revision that makes the tables; below it there is nothing to keep."""


class TestPopulatedDatabase:
    def test_keeps_every_row(self, database: Databases, engine: Engine, tmp_path: Path) -> None:
        app = build_app(database.url, tmp_path, DEMO=True)
        seeded = app.test_cli_runner().invoke(args=["seed", "demo"])
        let_go(app)
        assert seeded.exit_code == 0, seeded.output
        config = migration_config(database.url)
        before = database_digest(engine)
        for revision in ScriptDirectory.from_config(config).walk_revisions():
            if revision.revision == FIRST:
                break
            engine.dispose()
            command.downgrade(config, str(revision.down_revision))
            command.upgrade(config, "head")
            assert database_digest(engine) == before
