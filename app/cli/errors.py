"""Refusals on the command line: a sentence on standard error and an exit code per kind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click

from app.errors import (
    AppError,
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    StaleError,
    UnavailableError,
)

EXIT_CODES: dict[type[AppError], int] = {
    InvalidError: 2,
    NotFoundError: 3,
    NotAllowedError: 4,
    ConflictError: 5,
    StaleError: 6,
    UnavailableError: 7,
}

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

    return run
