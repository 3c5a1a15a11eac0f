"""Commands that run the place: migrations and the worker."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType

import click
from alembic import command
from alembic.config import Config
from flask import current_app
from flask.cli import with_appcontext

from app.worker import Worker

ROOT = Path(__file__).resolve().parents[2]


def migration_config(url: str) -> Config:
    """Alembic's settings for the database at ``url``."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["url"] = url
    return config


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the database's schema to the newest version."""
    command.upgrade(migration_config(current_app.config["DATABASE_URL"]), "head")
    click.echo("The schema is up to date.")


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Carry out background jobs until stopped."""
    process = Worker(current_app._get_current_object())  # type: ignore[attr-defined]

    def end(_signal: int, _frame: FrameType | None) -> None:
        process.ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    process.run()
