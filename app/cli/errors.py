"""Refusals on the command line: a sentence on standard error and an exit code per kind."""

from __future__ import annotations

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


class Refusal(click.ClickException):
    """A refusal with the exit code of its kind."""

    def __init__(self, error: AppError) -> None:
        super().__init__(error.message)
        self.exit_code = next(
            (code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1
        )


def said_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a refusal by a service into its sentence and exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except AppError as error:
            raise Refusal(error) from error

    return run
