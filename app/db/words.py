"""Look for words in columns as people type them: large or small, no character a wildcard.

Every text looked for is in small letters already.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, Text, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_ESCAPE = "\\"


def holds(column: SQLColumnExpression[Any], text: str) -> ColumnElement[bool]:
    """Whether a column has ``text`` anywhere in it."""
    return _like(column, text, f"%{_literal(text)}%")


def begins(column: SQLColumnExpression[Any], text: str) -> ColumnElement[bool]:
    """Whether a column begins with ``text``."""
    return _like(column, text, f"{_literal(text)}%")


def ends(column: SQLColumnExpression[Any], text: str) -> ColumnElement[bool]:
    """Whether a column ends with ``text``."""
    return _like(column, text, f"%{_literal(text)}")


def reads(column: SQLColumnExpression[Any], text: str) -> ColumnElement[bool]:
    """Whether a column is ``text`` and nothing else."""
    return _like(column, text, _literal(text))


def _literal(text: str) -> str:
    for one in (_ESCAPE, "%", "_"):
        text = text.replace(one, _ESCAPE + one)
    return text


def _like(column: SQLColumnExpression[Any], text: str, pattern: str) -> ColumnElement[bool]:
    lowered = _compared(column) if text.isascii() else func.lower(column)
    return lowered.like(pattern, escape=_ESCAPE)


class _compared(FunctionElement[str]):
    """A column as LIKE compares it with plain letters: SQLite's takes A and a for the same.

    Our own lower() is a function of Python's there, and would be most of what a search costs.
    """

    type = Text()
    inherit_cache = True


@compiles(_compared, "sqlite")
def _on_sqlite(element: _compared, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"({compiler.process(element.clauses, **kwargs)})"


@compiles(_compared, "postgresql")
def _on_postgresql(element: _compared, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"lower({compiler.process(element.clauses, **kwargs)})"
