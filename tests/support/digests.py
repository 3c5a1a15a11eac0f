"""Everything a database holds, as one digest, to prove that nothing changed."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection, Engine, MetaData, Table, select

_CHANGES_BY_LOOKING = {"sign_in_sessions"}  # when somebody was last seen


def database_digest(engine: Engine) -> str:
    """Return one digest over every row of every table."""
    parts = table_digests(engine)
    return sha256(repr(sorted(parts.items())).encode()).hexdigest()


def table_digests(engine: Engine) -> dict[str, str]:
    """Return a digest over the rows of each table, by its name."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: _rows_digest(connection, table)
            for table in tables.sorted_tables
            if table.name not in _CHANGES_BY_LOOKING
        }


def _rows_digest(connection: Connection, table: Table) -> str:
    rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
    return sha256(repr(rows).encode()).hexdigest()
