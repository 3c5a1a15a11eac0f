"""Every migration down and up again with 200 rows in every table: no row is lost on the way."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

from app.db.schema import migration_config
from app.db.sqlite import engine_options
from migrations.metadata import application_metadata
from tests.prove.gate import Gate, Size, databases
from tests.support.databases import Databases, SqliteDatabases
from tests.support.demo import pour, seed
from tests.support.digests import database_digest
from tests.support.multiplied import multiply
from tests.support.revisions import columns_throughout

ROWS = 200

Step = Callable[[Engine, str], None]
"""Brings a database up to a revision."""


def gates(size: Size) -> Iterator[Gate]:
    with TemporaryDirectory(prefix="waymark-prove-") as name, databases(Path(name)) as found:
        demo = seed(Path(name))
        for one in found:
            yield _gate(one, demo, size.of(ROWS), _up)


def controls(size: Size) -> Iterator[Gate]:
    """A migration that loses one row."""
    with TemporaryDirectory(prefix="waymark-prove-") as name:
        yield _gate(SqliteDatabases(Path(name)), seed(Path(name)), 2, _up_losing)


def _gate(one: Databases, demo: Path, rows: int, up: Step) -> Gate:
    engine = _filled(one, demo)
    few = multiply(engine, rows)
    config = migration_config(one.url)
    revisions = [found.revision for found in ScriptDirectory.from_config(config).walk_revisions()]
    kept = columns_throughout(tuple(revisions))
    content, wrong = {}, []
    for revision, below in pairwise(revisions):
        content[revision] = database_digest(engine, kept)
        engine.dispose()
        command.downgrade(config, below)
        after = database_digest(engine, kept)
        engine.dispose()
        command.upgrade(config, revision)  # up and down once more, as somebody in doubt would
        engine.dispose()
        command.downgrade(config, below)
        if database_digest(engine, kept) != after:
            wrong.append(f"{revision} down, up, down differs")
    for revision in reversed(revisions[:-1]):
        up(engine, revision)
        if database_digest(engine, kept) != content[revision]:
            wrong.append(f"{revision} lost rows")
    differs = _differs(engine)
    engine.dispose()
    tables = len(application_metadata().tables)
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[one.kind]
    return Gate(
        f"{kind}: {len(revisions)} migrations down and up with {rows} rows a table",
        f"{tables - len(few)} of {tables} tables filled, {'; '.join(wrong) or 'no row lost'},"
        f" schema {'differs' if differs else 'equals'} models",
        not wrong and not differs,
    )


def _filled(one: Databases, demo: Path) -> Engine:
    """The demo company's rows."""
    one.reset()
    engine = create_engine(**engine_options(one.url))
    if isinstance(one, SqliteDatabases):
        shutil.copyfile(demo, str(engine.url.database))
        return engine
    source = create_engine(**engine_options(f"sqlite:///{demo}"))
    pour(source, engine)
    source.dispose()
    return engine


def _up(engine: Engine, revision: str) -> None:
    engine.dispose()
    command.upgrade(migration_config(str(engine.url.render_as_string(False))), revision)


def _up_losing(engine: Engine, revision: str) -> None:
    _up(engine, revision)
    with engine.begin() as connection:
        connection.execute(
            text("DELETE FROM milestones WHERE id = (SELECT max(id) FROM milestones)")
        )


def _differs(engine: Engine) -> bool:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return bool(compare_metadata(context, application_metadata()))
