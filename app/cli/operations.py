"""Commands that run the place: migrations and the worker."""

from __future__ import annotations

import logging
import os
import signal
import sys
from types import FrameType

import click
from alembic import command
from flask import current_app
from flask.cli import with_appcontext

from app.cli.errors import said_plainly
from app.cli.fitness import refuse_unfit
from app.db.schema import migration_config
from app.worker import Worker

logger = logging.getLogger("waymark.worker")


@click.command("migrate")
@with_appcontext
@said_plainly
def migrate() -> None:
    """Bring the database's schema to the newest version."""
    command.upgrade(migration_config(current_app.config["DATABASE_URL"]), "head")
    click.echo("The schema is up to date.")


NICENESS = 10
"""How far the worker and its solvers step back, as ``nice`` counts."""


def _step_back() -> None:
    """Where both want the same cores, whoever waits for a page comes first."""
    own = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, max(own, NICENESS))


@click.command("worker")
@with_appcontext
@said_plainly
def worker() -> None:
    """Carry out background jobs until stopped."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    refuse_unfit(app)
    _step_back()
    process = Worker(app)

    def end(_signal: int, _frame: FrameType | None) -> None:
        process.ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        process.run()
    except Exception:
        logger.critical("The worker broke.", exc_info=True)
        sys.exit(1)
