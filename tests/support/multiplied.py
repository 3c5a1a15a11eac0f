"""Every table filled up with copies of its own rows, past the database's guards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Table,
    UniqueConstraint,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from app.values.quarter import Quarter
from migrations.metadata import application_metadata

Row = Mapping[str, Any]
_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


def multiply(engine: Engine, rows: int) -> list[str]:
    """Fill every table up to so many rows; the names of those that stay with fewer.

    Copies refer to what their originals refer to; where that has to be unique, each to another.
    """
    few = []
    with engine.connect() as connection, _unguarded(connection):
        for table in application_metadata().sorted_tables:
            if not _fill(connection, table, rows):
                few.append(table.name)
    return few


def _fill(connection: Connection, table: Table, rows: int) -> bool:
    found = [dict(row) for row in connection.execute(select(table)).mappings()]
    parents = {
        column.name: list(connection.scalars(select(next(iter(column.foreign_keys)).column)))
        for column in table.columns
        if column.foreign_keys
    }
    unique = _unique_columns(table)
    count = len(found)
    for number in range(rows * 2):
        if not found or count >= rows:
            break
        row = _copy(table, found[number % len(found)], number, unique, parents)
        try:
            with connection.begin_nested():
                connection.execute(insert(table), [row])
        except DBAPIError:
            continue
        count += 1
    return count >= rows


def _unique_columns(table: Table) -> set[str]:
    """Columns that have to differ from row to row, alone or with others."""
    sets = [one.columns for one in table.constraints if isinstance(one, UniqueConstraint)]
    sets += [one.columns for one in table.indexes if one.unique]
    names = {column.name for columns in sets for column in columns}
    return names | {column.name for column in table.primary_key.columns}


def _copy(
    table: Table, row: Row, number: int, unique: set[str], parents: Mapping[str, list[Any]]
) -> dict[str, Any]:
    made = dict(row)
    for column in table.columns:
        if column is table.autoincrement_column:
            del made[column.name]
        elif column.name in unique:
            made[column.name] = _other(column, row[column.name], number, parents)
    return made


def _other(column: Column[Any], value: Any, number: int, parents: Mapping[str, list[Any]]) -> Any:
    """Another value of the same kind."""
    if value is None or isinstance(value, bool):
        return value
    if column.name in parents:
        known = parents[column.name]
        return known[number % len(known)]
    if isinstance(value, int):
        return value + 1_000 + number
    if isinstance(value, Quarter):
        return value + number
    if isinstance(value, datetime | date):
        return value + timedelta(days=number)
    if isinstance(value, str) and len(value) == 64:
        return sha256(f"{value}{number}".encode()).hexdigest()
    if isinstance(value, str):
        return f"{value[:20]}-{number}"
    return value


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """Without triggers and references for as long as it is filled; all is committed."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))
        yield
        _move_counters(connection)
        connection.execute(text("SET session_replication_role = origin"))
        connection.commit()
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    triggers = connection.execute(text(_TRIGGERS)).all()
    for name, _ in triggers:
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    yield
    for _, statement in triggers:
        connection.exec_driver_sql(statement)
    connection.commit()
    driver.execute("PRAGMA foreign_keys = ON")


def _move_counters(connection: Connection) -> None:
    for table in application_metadata().sorted_tables:
        key = table.autoincrement_column
        if key is not None and connection.scalar(select(func.count()).select_from(table)):
            owner = f"pg_get_serial_sequence('{table.name}', '{key.name}')"
            connection.execute(text(f"SELECT setval({owner}, max({key.name})) FROM {table.name}"))
