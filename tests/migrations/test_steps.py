"""Every revision can be taken down and brought up again, and the schema is the same after."""

from __future__ import annotations

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from app.db.schema import migration_config
from tests.support.databases import Databases

TRIGGERS = {
    "sqlite": "SELECT name || ' on ' || tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname || ' on ' || tgrelid::regclass FROM pg_trigger"
    " WHERE NOT tgisinternal",
}


def _shape(engine: Engine) -> dict[str, object]:
    """Return tables with columns, indexes and foreign keys, and all triggers."""
    inspector = inspect(engine)
    columns, indexes, keys = (
        {table[-1]: found for table, found in read().items()}
        for read in (
            inspector.get_multi_columns,
            inspector.get_multi_indexes,
            inspector.get_multi_foreign_keys,
        )
    )
    with engine.connect() as connection:
        triggers = sorted(connection.scalars(text(TRIGGERS[engine.dialect.name])))
    return {"triggers": triggers} | {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in of_table],
            sorted(str(index["name"]) for index in indexes[table]),
            sorted(str(key["name"]) for key in keys[table]),
        )
        for table, of_table in columns.items()
    }


class TestSteps:
    def test_form_one_line(self) -> None:
        assert len(ScriptDirectory.from_config(migration_config()).get_heads()) == 1

    def test_lead_back_to_the_same_schema(self, database: Databases, engine: Engine) -> None:
        config = migration_config(database.url)
        above = at_head = _shape(engine)
        for revision in ScriptDirectory.from_config(config).walk_revisions():
            lower = str(revision.down_revision or "base")
            engine.dispose()
            command.downgrade(config, lower)
            below = _shape(engine)
            engine.dispose()
            command.upgrade(config, revision.revision)
            assert _shape(engine) == above, f"{revision.revision} does not lead back"
            engine.dispose()
            command.downgrade(config, lower)
            assert _shape(engine) == below
            above = below
        engine.dispose()
        command.upgrade(config, "head")
        assert _shape(engine) == at_head
