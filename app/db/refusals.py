"""What the database refused, in words: the one home that reads its errors.

Services look first and say more; these words are for what came in between, when two people acted
in the same instant, and for a database that is not ready.
"""

from __future__ import annotations

import re

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from app.db.base import Base
from app.errors import (
    AppError,
    ConflictError,
    InvalidError,
    RetryableError,
    UnavailableError,
)

_RETRYABLE = {"40001", "40P01"}
_UNIQUE = "23505"
_NO_SUCH_TABLE_OR_COLUMN = {"42P01", "42703"}
_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>\w+\.\w+(?:, \w+\.\w+)*)")
_SQLITE_MISSING = ("no such table", "no such column", "has no column named")

_TYPED = frozenset({"email", "key", "name"})
"""Columns that people fill in themselves, so that they can choose another value."""

NO_SCHEMA = (
    "The database’s tables are missing or old. Nothing was changed; run “flask --app wsgi migrate”."
)


def refusal_of(error: DBAPIError) -> AppError | None:
    """The refusal an error of the database stands for; None for a fault of ours."""
    if is_schema_missing(error):
        return UnavailableError(NO_SCHEMA)
    if isinstance(error, IntegrityError):
        columns = _taken_columns(error)
        return _taken(columns) if columns else None
    if not isinstance(error, OperationalError):
        return None
    if getattr(error.orig, "sqlstate", None) in _RETRYABLE:
        return RetryableError("Two changes met at the same moment; yours was not saved. Try again.")
    return UnavailableError("The database cannot save now. Nothing was changed; try again shortly.")


def is_schema_missing(error: DBAPIError) -> bool:
    """Whether a table or column is not there: migrations were not run."""
    if getattr(error.orig, "sqlstate", None) in _NO_SUCH_TABLE_OR_COLUMN:
        return True
    said = str(error.orig)
    return isinstance(error, OperationalError) and any(sign in said for sign in _SQLITE_MISSING)


def _taken(columns: tuple[str, ...]) -> AppError:
    field = columns[-1]
    if field in _TYPED:
        word = "e-mail address" if field == "email" else field
        return InvalidError(
            f"Somebody else took this {word} at the same moment. Choose another.", field=field
        )
    return ConflictError(
        "Somebody else did this at the same moment; yours was not saved. Look at it again."
    )


def _taken_columns(error: IntegrityError) -> tuple[str, ...]:
    """The columns whose values had to be unique together and were not."""
    found = _SQLITE_UNIQUE.search(str(error.orig))
    if found:
        return tuple(one.partition(".")[2] for one in found["columns"].split(", "))
    if getattr(error.orig, "sqlstate", None) != _UNIQUE:
        return ()
    said = getattr(error.orig, "diag", None)
    table = Base.metadata.tables.get(getattr(said, "table_name", None) or "")
    name = getattr(said, "constraint_name", None)
    if table is None:
        return ("",)
    kept: list[UniqueConstraint | Index] = [*table.indexes]
    kept += [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    for one in kept:
        if one.name == name:
            return tuple(column.name for column in one.columns)
    return ("",)
