"""Head equals what the models describe, and the way back and forth is open."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect

from app.db.schema import migration_config
from migrations.metadata import application_metadata
from tests.support.databases import Databases


class TestHead:
    def test_equals_the_models(self, engine: Engine) -> None:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, application_metadata()) == []

    def test_can_be_taken_down_and_built_again(self, database: Databases, engine: Engine) -> None:
        config = migration_config(database.url)
        before = set(inspect(engine).get_table_names())
        command.downgrade(config, "base")
        assert set(inspect(engine).get_table_names()) == {"alembic_version"}
        command.upgrade(config, "head")
        assert set(inspect(engine).get_table_names()) == before
