"""What every schema from the first to the newest has in common."""

from __future__ import annotations

from functools import cache
from tempfile import TemporaryDirectory

from alembic import command
from sqlalchemy import create_engine

from app.db.schema import migration_config
from app.db.sqlite import engine_options
from tests.support.digests import Columns, database_columns


@cache
def columns_throughout(revisions: tuple[str, ...]) -> Columns:
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
