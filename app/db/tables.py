"""Every row of every table as lines of JSON, the same on SQLite and PostgreSQL, and back.

Values go as they are stored, whole numbers, text, truth, days and bytes, past the models' types:
nothing is interpreted, so nothing can be rounded. A line is the list of a row's values, its columns
sorted by name; rows stand in the order of their primary key, text by its bytes. Equal tables so
have equal lines on both databases.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    collate,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.types import Date

from app.errors import ConflictError, InvalidError
from app.values.canonical import canonical_json

SCHEMA_TABLE = "alembic_version"
LEFT_OUT = frozenset(
    {
        "sign_in_sessions",
        "sign_in_throttles",
        "workers",
        "mails",
        "account_links",
        "reset_requests",
        "api_tokens",
        "calendar_feeds",
    }
)
"""What belongs to the running place, not to its history: whoever was signed in signs in again, no
letter is sent a second time, and no link or token works again that was ended since."""

_BATCH = 500

Columns = Mapping[str, list[str]]
"""Names of columns by table, both sorted."""


class Sink(Protocol):
    """What lines are written to."""

    def write(self, data: bytes, /) -> None: ...


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that only reads and sees one moment, however long it takes."""
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def stored_tables(connection: Connection) -> list[Table]:
    """The tables as the database has them, those that are referred to first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != SCHEMA_TABLE]


def column_names(table: Table) -> list[str]:
    """The names of a table's columns in the order of a line."""
    return sorted(column.name for column in table.columns)


def write_rows(connection: Connection, table: Table, sink: Sink) -> int:
    """Write a table's rows as lines; gives how many."""
    columns = _columns(table)
    keys = [_in_bytes(connection, key) for key in table.primary_key]
    query = select(*columns).order_by(*keys).execution_options(yield_per=_BATCH)
    rows = connection.execute(query)
    count = 0
    for row in rows:
        sink.write(_line(table, row))
        count += 1
    return count


def read_rows(connection: Connection, table: Table, lines: Iterable[bytes]) -> None:
    """Insert lines as rows; raises InvalidError for what the table can't hold."""
    columns = _columns(table)
    statement, rest = insert(table), iter(lines)
    while batch := [_values(columns, line) for line in islice(rest, _BATCH)]:
        try:
            connection.execute(statement, batch)
        except (IntegrityError, DataError) as error:
            raise InvalidError(
                f"The database refused a row of {table.name}; nothing was restored: {error.orig}"
            ) from error


def refuse_filled(connection: Connection, tables: Iterable[Table]) -> None:
    """Raise ConflictError if there is a row in any of the tables."""
    filled = [
        table.name
        for table in tables
        if connection.execute(select(text("1")).select_from(table).limit(1)).first()
    ]
    if filled:
        raise ConflictError(
            f"The database is not empty: there are rows in {', '.join(filled[:5])}. Restore into "
            "an empty one, with no worker or web server running."
        )


@contextmanager
def without_guards(connection: Connection, tables: Iterable[Table]) -> Iterator[None]:
    """Rows that were let in once come in as they are: no trigger judges or changes them again.

    References, unique keys and checks stay in force. Ends with the triggers as they were.
    """
    if connection.dialect.name == "sqlite":
        triggers = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        ).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in triggers:
            connection.exec_driver_sql(statement)
        return
    names = [f'"{table.name}"' for table in tables]
    for name in names:
        connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    yield
    for name in names:
        connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def move_counters(connection: Connection, tables: Iterable[Table]) -> None:
    """Let new rows count on from the last one; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for key in table.primary_key:
            counter = connection.scalar(select(func.pg_get_serial_sequence(table.name, key.name)))
            last = connection.scalar(select(func.max(key))) if counter else None
            if last is not None:
                connection.execute(select(func.setval(counter, last)))


def _columns(table: Table) -> list[Column[Any]]:
    return [table.columns[name] for name in column_names(table)]


def _in_bytes(connection: Connection, key: Column[Any]) -> Any:
    """A key to order by: PostgreSQL would order text as the server's language does."""
    if connection.dialect.name == "postgresql" and isinstance(key.type, String):
        return collate(key, "C")
    return key


def _line(table: Table, row: Row[Any]) -> bytes:
    return canonical_json([_plain(table, value) for value in row]) + b"\n"


def _plain(table: Table, value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode("ascii")
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"{table.name} holds a {type(value).__name__}, which a backup can't keep.")


def _values(columns: list[Column[Any]], line: bytes) -> dict[str, object]:
    values = json.loads(line)
    return {
        column.name: _read(column, value) for column, value in zip(columns, values, strict=True)
    }


def _read(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        return b64decode(value, validate=True)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return value
