"""Everything a database holds, as one digest, to prove that nothing changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from sqlalchemy import Engine, Executable, column, inspect, select, table

_CHANGES_BY_LOOKING = {"sign_in_sessions", "api_tokens"}  # when somebody was last seen


Columns = Mapping[str, Sequence[str]]
"""Names of columns by table, both sorted."""


def database_columns(engine: Engine) -> Columns:
    """Return what columns the database has."""
    found = inspect(engine).get_multi_columns()
    return {
        name: sorted(one["name"] for one in columns)
        for (_, name), columns in sorted(found.items(), key=lambda item: item[0][1])
    }


def database_digest(engine: Engine, only: Columns | None = None) -> str:
    """Return one digest over every row of every table, or of ``only`` some columns."""
    summary = sha256()
    with engine.connect() as connection:
        for name, columns in (database_columns(engine) if only is None else only).items():
            if name in _CHANGES_BY_LOOKING:
                continue
            query: Executable = select(*[column(one) for one in columns]).select_from(table(name))
            rows = sorted(repr(tuple(row)) for row in connection.execute(query))
            summary.update(f"{name}{rows}".encode())
    return summary.hexdigest()
