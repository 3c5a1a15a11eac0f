"""What commands ask and read alike: who acts, and a file taken in by a mapping."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from app.accounts.models import Person
from app.accounts.queries import find_person_by_email
from app.errors import InvalidError, NotAllowedError, NotFoundError
from app.extensions import db
from app.interactions.engine.refusals import FileRefusedError

M = TypeVar("M")
_OPTIONS = (
    click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    click.option("--mapping", "mapping_name", required=True, help="A shipped name or a JSON file."),
    click.option("--as", "email", required=True, help="Whose import this is (e-mail)."),
    click.option("--dry-run", is_flag=True, help="Read and report, save nothing."),
    click.option("--leave-out-errors", is_flag=True, help="Take the good rows, name the others."),
)


def import_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the file, its mapping, the person and how to treat errors."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def mapping_named(name: str, *, parse: Callable[[bytes], M], shipped: Callable[[str], M]) -> M:
    """The mapping in the file of that name, else the shipped one. Raises InvalidError."""
    try:
        path = Path(name)
        return parse(path.read_bytes()) if path.is_file() else shipped(name)
    except FileRefusedError as error:
        raise InvalidError(str(error)) from error


def person_of(email: str) -> Person:
    """Whoever signs in with that address.

    Raises NotFoundError, and NotAllowedError for somebody who is deactivated.
    """
    person = find_person_by_email(db.session, email)
    if person is None:
        raise NotFoundError(f"Nobody has the e-mail address {email}.")
    if not person.is_active:
        raise NotAllowedError(f"{person.name} is deactivated, so nothing is done in that name.")
    return person
