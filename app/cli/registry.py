"""Commands that bring registries in."""

from __future__ import annotations

import resource
import time
from functools import partial
from pathlib import Path

import click
from flask.cli import AppGroup

from app.calendar.models import Cycle
from app.calendar.queries import find_current_cycle, list_cycles
from app.cli.errors import said_plainly
from app.cli.importing import import_options, mapping_named, person_of
from app.db.session import transaction
from app.errors import InvalidError, NotFoundError
from app.extensions import db
from app.registry.engine.drafts import ImportDraft
from app.registry.engine.mapping import parse_mapping
from app.registry.engine.shipped import list_shipped, shipped
from app.registry.services import ImportFile, import_registry, preview_import
from app.web.clock import now, today

registry = AppGroup("registry", help="Bring whole portfolios in from files.")


_mapping = partial(mapping_named, parse=parse_mapping, shipped=shipped)


@registry.command("mappings")
def mappings() -> None:
    """List the mappings that come with Waymark."""
    for mapping in list_shipped():
        click.echo(f"{mapping.name}\t{mapping.title}\t{mapping.currency}")


@registry.command("import")
@import_options
@click.option("--cycle", "cycle_name", help="Name of the cycle; the current one if left out.")
@said_plainly
def import_file(
    path: Path,
    mapping_name: str,
    cycle_name: str | None,
    email: str,
    dry_run: bool,
    leave_out_errors: bool,
) -> None:
    """Import PATH as draft initiatives, whole or not at all."""
    began = time.monotonic()
    file = ImportFile(
        path.name,
        path.read_bytes(),
        _mapping(mapping_name),
    )
    draft = preview_import(db.session, file, cycle=_cycle(cycle_name))
    if not dry_run and (leave_out_errors or not draft.errors):
        with transaction(db.session):
            import_registry(
                db.session, file, cycle=_cycle(cycle_name), leave_out_errors=leave_out_errors,
                actor=person_of(email), now=now(),
            )  # fmt: skip
        _report(draft, "imported", time.monotonic() - began)
        return
    _report(draft, "would be imported", time.monotonic() - began)
    if draft.errors:
        raise InvalidError(
            f"{len(draft.errors)} of {draft.row_count} rows have errors and nothing was saved. Mend"
            " them in the file, or leave them out with --leave-out-errors."
        )


def _cycle(name: str | None) -> Cycle:
    if name is None:
        current = find_current_cycle(db.session, today())
        if current is None:
            raise NotFoundError("No cycle covers today; name one with --cycle.")
        return current
    found = next((one for one in list_cycles(db.session) if one.name == name), None)
    if found is None:
        raise NotFoundError(f"There is no cycle called “{name}”.")
    return found


def _report(draft: ImportDraft, done: str, seconds: float) -> None:
    for issue in draft.errors:
        click.echo(f"line {issue.line}, {issue.column or 'row'}: {issue.message}", err=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(
        f"{draft.row_count} rows: {len(draft.initiatives)} initiatives with"
        f" {draft.milestone_count} milestones and {draft.reading_count} measurements {done};"
        f" {len(draft.errors)} rows left out, {len(draft.notes)} notes."
        f" {seconds:.1f} s, peak {peak:.0f} MB."
    )
