"""Everything a database holds, as one digest, to prove that nothing changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from sqlalchemy import Engine, MetaData, select

_CHANGES_BY_LOOKING = {"sign_in_sessions"}  # when somebody was last seen


Columns = Mapping[str, Sequence[str]]
"""Names of columns by table, both sorted."""


def database_columns(engine: Engine) -> Columns:
    """Return what columns the database has."""
    tables = MetaData()
    tables.reflect(engine)
    return {
        table.name: sorted(column.name for column in table.columns)
        for table in sorted(tables.tables.values(), key=lambda one: one.name)
    }


def database_digest(engine: Engine, only: Columns | None = None) -> str:
    """Return one digest over every row of every table, or of ``only`` some columns."""
    tables = MetaData()
    tables.reflect(engine)
    summary = sha256()
    with engine.connect() as connection:
        for name, columns in (database_columns(engine) if only is None else only).items():
            if name in _CHANGES_BY_LOOKING:
                continue
            table = tables.tables[name]
            query = select(*(table.c[column] for column in columns))
            rows = sorted(repr(tuple(row)) for row in connection.execute(query))
            summary.update(f"{name}{rows}".encode())
    return summary.hexdigest()
