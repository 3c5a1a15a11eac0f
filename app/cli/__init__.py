"""Commands: ``flask --app wsgi …``."""

from __future__ import annotations

from flask import Flask

from app.cli.accounts import people
from app.cli.audit import audit
from app.cli.operations import migrate, worker

COMMANDS = (people, audit, migrate, worker)


def register(app: Flask) -> None:
    """Add every command to the application."""
    for command in COMMANDS:
        app.cli.add_command(command)
