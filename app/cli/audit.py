"""Commands about the audit trail."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import click
from flask.cli import AppGroup

from app.audit.exports import events_csv, events_jsonl
from app.audit.queries import AuditFilter, check_anchors, check_chain, find_head, stream_events
from app.audit.rules import anchor, noted_anchors
from app.cli.errors import said_plainly
from app.errors import InvalidError, NotFoundError
from app.extensions import db

audit = AppGroup("audit", help="The audit trail.")

_FORMATS = {"jsonl": events_jsonl, "csv": events_csv}


@audit.command("verify")
@click.option(
    "--head", "noted", help="A number:hash noted earlier, which must still be in the chain."
)
@click.option(
    "--heads",
    "kept",
    type=click.File("r", encoding="utf-8", errors="replace"),
    help="A file in which heads were kept, such as a worker’s log; - reads standard input.",
)
@said_plainly
def verify(noted: str | None, kept: TextIO | None) -> None:
    """Recompute the chain of events and report everything that does not fit."""
    anchors = noted_anchors(kept.read()) if kept is not None else []
    if kept is not None and not anchors:
        raise InvalidError("There is no head, number:hash, in the file given with --heads.")
    report = check_chain(db.session, anchor=noted)
    faults = report.faults + check_anchors(db.session, anchors)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        click.echo(f"{len(faults)} faults in {report.count} events.", err=True)
        sys.exit(1)
    held = f" {len(anchors)} noted heads are in it." if anchors else ""
    click.echo(f"{report.count} events, whole.{held} Head {anchor(report.count, report.head)}")


@audit.command("head")
@said_plainly
def head() -> None:
    """Print the end of the chain, to be kept where nobody can change it with the database."""
    found = find_head(db.session)
    if found is None:
        raise NotFoundError("The audit trail has no event yet.")
    click.echo(anchor(found.number, found.hash))


@audit.command("export")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice(sorted(_FORMATS)), default="jsonl")
@said_plainly
def export(path: Path, kind: str) -> None:
    """Write every event into FILE: as JSON lines with the bytes that were hashed, or as CSV."""
    count = 0
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            for line in _FORMATS[kind](stream_events(db.session, AuditFilter())):
                file.write(line)
                count += 1
    except FileExistsError as error:
        raise InvalidError(f"{path} is there already; name another file.") from error
    click.echo(f"{count - (kind == 'csv')} events in {path}.")
