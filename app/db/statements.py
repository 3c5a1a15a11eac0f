"""Statements in words of our own: rows a guarded one changed, and stored bytes read as text."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Text, Update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def rows_changed(session: Session, statement: Update | Delete) -> int:
    """Execute an UPDATE or DELETE and give the number of rows it reached."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


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
