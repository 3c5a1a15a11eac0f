"""Run migrations against DATABASE_URL, with the care SQLite needs.

SQLite: foreign keys are off before BEGIN (a table rebuilt in batch mode would otherwise empty the
tables that cascade from it), every reference is checked before COMMIT, other writers wait at the
gate, and a file that holds data is copied beside itself first. One transaction holds the whole run
on both databases.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import pysqlite3
from alembic import context
from alembic.autogenerate import render
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.types import TypeDecorator

from app.db.sqlite import WRITE_OPTION, engine_options, writer_gate
from config import read_settings
from migrations.metadata import application_metadata

ROOT = Path(__file__).resolve().parent.parent


def database_url() -> str:
    """Return the caller's address, else DATABASE_URL, else the file in the instance folder."""
    given = context.config.attributes.get("url") or context.config.get_alembic_option(
        "sqlalchemy.url"
    )
    configured = str(read_settings(os.environ)["DATABASE_URL"])
    return str(given or configured or f"sqlite:///{ROOT / 'instance' / 'waymark.db'}")


def make_engine(url: str) -> Engine:
    options = engine_options(url)
    file = options["url"].database
    if options["url"].get_backend_name() == "sqlite" and file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    return create_engine(**options, poolclass=NullPool)


def let_readers_in(connection: Connection) -> None:
    """Give a SQLite file its write-ahead log, so that readers never wait; the file keeps it."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA journal_mode = WAL")


def leave_references_alone(connection: Connection) -> None:
    """Switch SQLite's foreign keys off; it ignores this once a transaction has begun."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")


def check_references(connection: Connection) -> None:
    """Refuse to commit rows that point at nothing."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise RuntimeError(
            f"The migration would leave broken references in {tables}; nothing was changed."
        )


def copy_file_first(connection: Connection) -> None:
    """Copy a SQLite file that holds data to `<file>.before-<target>` if this run will change it."""
    file = connection.engine.url.database
    target = _target_revision()
    if connection.dialect.name != "sqlite" or not file or target is None:
        return
    present = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    if present is None or target == present:
        return
    source = pysqlite3.connect(file)
    copy = pysqlite3.connect(f"{file}.before-{target}")
    source.backup(copy)
    copy.close()
    source.close()


def _target_revision() -> str | None:
    """Return where this run is going, or None for commands that change nothing."""
    try:
        target = context.get_revision_argument()
    except KeyError:
        return None
    return str(target or "base")


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write our column types as the plain types they store, so that versions import no app code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return render._repr_type(item.impl_instance, autogen_context)
    return False


def run() -> None:
    is_moving = _target_revision() is not None
    options: dict[str, Any] = {
        "target_metadata": None if is_moving else application_metadata(),
        "render_item": render_item,
        "compare_type": True,
        "transactional_ddl": True,  # we say BEGIN ourselves, so SQLite keeps DDL in it too
    }
    engine = make_engine(database_url())
    if context.is_offline_mode():
        context.configure(url=engine.url, literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        return
    with writer_gate(engine.url), engine.connect() as connection:
        copy_file_first(connection)
        let_readers_in(connection)
        leave_references_alone(connection)
        connection.execution_options(**{WRITE_OPTION: True})
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
            check_references(connection)


run()
