"""Refusals on the command line: a sentence on standard error and an exit code per kind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy.exc import DBAPIError, OperationalError

from app.db.refusals import NO_SCHEMA, is_schema_missing
from app.errors import (
    AppError,
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    StaleError,
    UnavailableError,
)
from config import ConfigurationError

EXIT_CODES: dict[type[AppError], int] = {
    InvalidError: 2,
    NotFoundError: 3,
    NotAllowedError: 4,
    ConflictError: 5,
    StaleError: 6,
    UnavailableError: 7,
}

UNFIT = 8
"""What has to be set right before this runs in production."""

P = ParamSpec("P")
R = TypeVar("R")


def exit_code(error: AppError) -> int:
    """The exit code for a refusal."""
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1)


def said_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a refusal by a service into its sentence and exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except AppError as error:
            click.echo(f"Error: {error.message}", err=True)
            for name, message in getattr(error, "fields", {}).items():
                if message != error.message:
                    click.echo(f"  {name}: {message}", err=True)
            sys.exit(exit_code(error))
        except ConfigurationError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(UNFIT)
        except DBAPIError as error:
            refusal = _unanswered(error)
            if refusal is None:
                raise
            click.echo(f"Error: {refusal}", err=True)
            sys.exit(EXIT_CODES[UnavailableError])

    return run


def _unanswered(error: DBAPIError) -> str | None:
    """Why the database gave no answer to a reading command; None for a fault of ours."""
    if is_schema_missing(error):
        return NO_SCHEMA
    if isinstance(error, OperationalError):
        return "The database does not answer. See that it runs and what DATABASE_URL says."
    return None
