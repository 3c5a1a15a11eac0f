"""Commands about the audit trail."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.audit.queries import check_chain
from app.cli.errors import said_plainly
from app.extensions import db

audit = AppGroup("audit", help="The audit trail.")


@audit.command("verify")
@click.option(
    "--head", "anchor", help="A number:hash noted earlier, which must still be in the chain."
)
@said_plainly
def verify(anchor: str | None) -> None:
    """Recompute the chain of events and report everything that does not fit."""
    report = check_chain(db.session, anchor=anchor)
    for fault in report.faults:
        click.echo(fault, err=True)
    if report.faults:
        click.echo(f"{len(report.faults)} faults in {report.count} events.", err=True)
        sys.exit(1)
    click.echo(f"{report.count} events, whole. Head {report.count}:{report.head}")
