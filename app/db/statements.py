"""Statements in words of our own: rows a guarded one changed, inserts, stored bytes as text."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Text, Update
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.db.base import Base


def rows_changed(session: Session, statement: Update | Delete) -> int:
    """Execute an UPDATE or DELETE and give the number of rows it reached."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def insert_into(session: Session, table: type[Base]) -> SqliteInsert | PostgresqlInsert:
    """An INSERT that can say what happens when there is such a row already."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return SqliteInsert(table) if is_sqlite else PostgresqlInsert(table)


class bytes_as_text(FunctionElement[str]):
    """UTF-8 bytes as the text they are, to be searched."""

    type = Text()
    inherit_cache = True


@compiles(bytes_as_text, "sqlite")
def _on_sqlite(element: bytes_as_text, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kwargs)} AS TEXT)"


@compiles(bytes_as_text, "postgresql")
def _on_postgresql(element: bytes_as_text, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"convert_from({compiler.process(element.clauses, **kwargs)}, 'UTF8')"
