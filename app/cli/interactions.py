"""Commands for the log of interactions."""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.errors import said_plainly
from app.cli.importing import import_options, mapping_named, person_of
from app.db.session import transaction
from app.errors import AppError, InvalidError, UnavailableError
from app.extensions import db
from app.interactions import queries
from app.interactions.engine.mapping import parse_mapping
from app.interactions.engine.placing import Placed
from app.interactions.engine.requests import CountReport, ReadReport
from app.interactions.engine.shipped import list_shipped, shipped
from app.interactions.presenters import failure_word
from app.interactions.services import (
    NAMED,
    Changed,
    LogDraft,
    LogFile,
    LogStore,
    add_warehouse,
    begin_erasures,
    check_may_erase,
    check_may_import,
    counted,
    customer_of,
    drafted,
    end_erasure,
    erase_rows,
    file_digest,
    find_customer,
    import_log,
    near_to,
    new_warehouse,
    note_failure,
    placed_mapping,
    placing,
    preview_log,
    reached,
    refuse_known,
    remove_source,
    sweep_store,
    write_months,
)
from app.journeys.exports import moment_figures
from app.journeys.models import InteractionErasure
from app.journeys.presenters import MOMENT_HEAD, moment_table, span_words
from app.journeys.queries import find_last_month, get_journey, load_followed
from app.journeys.rules import last_months
from app.values.counts import so_many
from app.web.clock import now

interactions = AppGroup("interactions", help="Log interactions from files and warehouses.")


_mapping = partial(mapping_named, parse=parse_mapping, shipped=shipped)


@interactions.command("mappings")
def mappings() -> None:
    """List the mappings of logs that come with Waymark."""
    for mapping in list_shipped():
        click.echo(f"{mapping.name}\t{mapping.title}")


@interactions.command("import")
@import_options
@click.option("--journey", "journey_key", help="Key of the journey all contacts belong to.")
@click.option(
    "--replace-changed", is_flag=True,
    help="Let rows with an id of an earlier import and another content take that one's place.",
)  # fmt: skip
@said_plainly
def import_file(
    path: Path,
    mapping_name: str,
    journey_key: str | None,
    email: str,
    dry_run: bool,
    leave_out_errors: bool,
    replace_changed: bool,
) -> None:
    """Take PATH in as a log of interactions, whole or not at all, and count it."""
    began = time.monotonic()
    actor, store = person_of(email), _store()
    check_may_import(actor)
    mapping = placed_mapping(db.session, _mapping(mapping_name), journey_key)
    refuse_known(db.session, file_digest(path), mapping)
    sweep_store(db.session, store, now=now())
    file = LogFile(path, path.name, mapping)
    changed: Changed = "replace" if replace_changed else "refuse"
    if dry_run:
        report, found = preview_log(db.session, store, file, changed=changed, now=now())
        _name_issues(report)
        _name_unplaced(found)
        condition = "" if leave_out_errors or not report.errors else " with --leave-out-errors"
        _say_rows(report, f"would be taken in{condition}", began)
    else:
        with drafted(
            db.session, store, file, leave_out_errors=leave_out_errors, changed=changed, now=now()
        ) as draft:
            report = draft.report
            _name_issues(report)
            source_id = _taken_in(draft, store, email) if report.kept else None
        _say_rows(report, "would be taken in" if source_id is None else "taken in", began)
        if source_id is not None:
            _count(source_id, store)
            return
    if report.errors and not leave_out_errors:
        raise InvalidError(
            f"{report.errors:,} of {so_many(report.rows, 'row')}"
            f" {'has' if report.errors == 1 else 'have'} errors and nothing was saved. Mend"
            " them in the file, or leave them out with --leave-out-errors."
        )


def _taken_in(draft: LogDraft, store: LogStore, email: str) -> int:
    with transaction(db.session):
        return import_log(db.session, store, draft, actor=person_of(email), now=now()).id


def _say_rows(report: ReadReport, done: str, began: float) -> None:
    click.echo(
        f"{so_many(report.rows + report.spared_count, 'row')}, {report.errors:,} of them with"
        f" errors, {report.spared_count:,} left out by rule, {report.known_count:,} known already;"
        f" {so_many(report.kept, 'row')} for {so_many(report.contacts, 'contact')} {done}."
        f" {time.monotonic() - began:.1f} s."
    )


@interactions.command("list")
@said_plainly
def list_all() -> None:
    """List the sources of interactions."""
    months = queries.count_months(db.session)
    for one in queries.list_sources(db.session):
        number, contacts = months.get(one.id, (0, 0))
        span = f"{one.first_on} to {one.last_on}" if one.first_on else "no days yet"
        click.echo(
            f"{one.id}\t{one.name}\t{one.mapping_name}\t{one.state.word.lower()}"
            f"\t{so_many(one.row_count, 'row')}\t{span}\t{so_many(number, 'month')}"
            f"\t{so_many(contacts, 'contact')} placed, {one.unplaced_count:,} not"
        )
        if one.failed_at and not one.removed_at:
            since = f"{one.failed_at:%Y-%m-%d %H:%M} UTC"
            click.echo(f"  {failure_word(one).lower()} {since}: {one.failure}")


@interactions.command("undo")
@click.argument("source_id", type=int)
@click.option("--as", "email", required=True, help="Who takes it back (e-mail).")
@said_plainly
def undo(source_id: int, email: str) -> None:
    """Take the import SOURCE_ID back: its log and its months go."""
    with transaction(db.session):
        source = queries.get_source(db.session, source_id)
        remove_source(db.session, _store(), source, actor=person_of(email), now=now())
    click.echo(f"“{source.name}” was taken back; nothing of it counts any more.")


@interactions.command("count")
@click.argument("source_ids", type=int, nargs=-1)
@said_plainly
def count(source_ids: tuple[int, ...]) -> None:
    """Count SOURCE_IDS again, or every source: as after a touchpoint was added."""
    wanted = {one.id: one.name for one in queries.list_live_sources(db.session)}
    if source_ids:
        wanted = {id_: queries.get_source(db.session, id_).name for id_ in source_ids}
    failed: dict[str, AppError] = {}
    for source_id, name in wanted.items():
        try:
            _count(source_id, _store())
        except AppError as error:
            if len(source_ids) == 1:
                raise
            failed[f"{source_id}, {name}"] = error
    if failed:
        were = "was" if len(failed) == 1 else "were"
        of = so_many(len(wanted), "source")
        click.echo(f"{len(failed):,} of {of} {were} not counted:", err=True)
        for one, why in failed.items():
            click.echo(f"  {one}: {why.message}", err=True)
        sys.exit(1)


@interactions.command("moments")
@click.option("--journey", "journey_key", required=True, help="Key of the journey.")
@click.option("--json", "as_json", is_flag=True, help="Give the figures as JSON.")
@said_plainly
def moments(journey_key: str, as_json: bool) -> None:
    """Say what followed bad contacts of a journey, beside what followed good ones."""
    journey = get_journey(db.session, journey_key)
    last = find_last_month(db.session, journey.id)
    if last is None:
        raise InvalidError(f"No contact of “{journey.name}” is logged yet.")
    span = last_months(last)
    followed = load_followed(db.session, journey.id, span)
    if as_json:
        click.echo(json.dumps(moment_figures(journey.key, span, followed), ensure_ascii=False))
        return
    told = moment_table(followed)
    click.echo(f"{journey.name}, {span_words(span)}; {told.basis}.")
    click.echo(told.says)
    for sentence in told.seen:
        click.echo(sentence)
    for row in told.rows:
        click.echo(f"{row.reason}: {row.moments} moments, {row.note}")
        for word, cell in zip(MOMENT_HEAD, row.cells, strict=True):
            click.echo(f"  {word}: {cell.value}{f' ({cell.note})' if cell.note else ''}")


@interactions.command("erase")
@click.option("--customer", "key", help="The customer's key, as logs name it.")
@click.option("--finish", is_flag=True, help="Only end erasures that broke off.")
@click.option("--reason", help="Why, without naming the customer; it stays on the record.")
@click.option("--as", "email", required=True, help="Who erases (e-mail).")
@said_plainly
def erase(key: str | None, finish: bool, reason: str | None, email: str) -> None:
    """Remove every row of one customer from every log, and count those logs again."""
    store = _store()
    check_may_erase(person_of(email))
    if not finish:
        customer = customer_of(store, key or "")
        _name_warehouses()
        search = find_customer(db.session, store, customer)
        with transaction(db.session):
            begin_erasures(db.session, search, reason=reason, actor=person_of(email), now=now())
    rows = [_finish_erasure(store, one, email) for one in queries.list_erasures(db.session)]
    were = "was" if sum(rows) == 1 else "were"
    click.echo(f"{so_many(sum(rows), 'row')} in {so_many(len(rows), 'log')} {were} erased.")


def _name_warehouses() -> None:
    for source in queries.list_live_sources(db.session):
        if source.address:
            click.echo(
                f"“{source.name}” lies in a warehouse, which is not ours: the customer counts there"
                " until their rows are erased in it and it is counted again.",
                err=True,
            )


def _finish_erasure(store: LogStore, erasure: InteractionErasure, email: str) -> int:
    """Erase what was kept as to be erased; gives how many rows that are."""
    erasure_id, source_id, rows = erasure.id, erasure.source_id, erasure.row_count
    erase_rows(store, erasure.source, erasure)
    with transaction(db.session):
        left = db.session.get(InteractionErasure, erasure_id)
        if left is not None:
            end_erasure(db.session, left, actor=person_of(email), now=now())
    _count(source_id, store)
    return rows


@interactions.group("sources")
def sources() -> None:
    """Tables of a warehouse, counted where they lie."""


@sources.command("add")
@click.argument("address")
@click.option("--table", required=True, help="The table, as the warehouse names it.")
@click.option("--mapping", "mapping_name", required=True, help="A shipped name or a JSON file.")
@click.option("--journey", "journey_key", help="Key of the journey all contacts belong to.")
@click.option("--as", "email", required=True, help="Whose source this is (e-mail).")
@said_plainly
def add_source(
    address: str, table: str, mapping_name: str, journey_key: str | None, email: str
) -> None:
    """Count a table at ADDRESS, such as postgresql://host/database, from now on."""
    began = time.monotonic()
    mapping = placed_mapping(db.session, _mapping(mapping_name), journey_key)
    source = new_warehouse(
        db.session, address, table, mapping, actor=person_of(email), now=now()
    )  # fmt: skip
    report = reached(db.session, source, _store(), now=source.imported_at)
    with transaction(db.session):
        add_warehouse(db.session, source, actor=person_of(email))
        source_id = source.id
    _write(source_id, report, began)


def _count(source_id: int, store: LogStore) -> None:
    began, as_of = time.monotonic(), now()
    try:
        source = queries.get_source(db.session, source_id)
        near = near_to(db.session, store, source)
        report = counted(source, store, near=near, now=as_of)
    except (InvalidError, UnavailableError) as error:
        with transaction(db.session):
            note_failure(db.session, source_id, error, now=now())
        raise
    _write(source_id, report, began)


def _write(source_id: int, report: CountReport, began: float) -> None:
    ready = placing(db.session, queries.get_source(db.session, source_id), report)
    with transaction(db.session):
        source = write_months(db.session, source_id, report, ready=ready, now=now())
    months, contacts = queries.count_months(db.session).get(source_id, (0, 0))
    click.echo(
        f"{source.name}: {so_many(months, 'month')}, {so_many(contacts, 'contact')}"
        f" at touchpoints, {source.unplaced_count:,} without a place."
        f" {time.monotonic() - began:.1f} s."
    )
    for issue in source.issues:
        if issue.get("found_by"):
            click.echo(f"  {issue['message']}", err=True)
    if source.unplaced_count:
        click.echo(
            "  Contacts without a place count after their touchpoint is added to the journey and"
            f" “flask interactions count {source_id}” was run.",
            err=True,
        )


def _name_issues(report: ReadReport) -> None:
    for issue in report.issues:
        kind = "" if issue.severity == "error" else " (note)"
        place = f"row {issue.row}" if issue.row else "file"
        click.echo(f"{place}, {issue.column or 'row'}{kind}: {issue.message}", err=True)
    hidden = report.issue_count - len(report.issues)
    if hidden > 0:
        click.echo(f"and {hidden:,} more of these kinds.", err=True)


def _name_unplaced(found: Placed | None) -> None:
    """The words without a place, those of the most contacts first."""
    ordered = sorted(found.unplaced.items(), key=lambda item: (-item[1], item[0])) if found else []
    for words, contacts in ordered[:NAMED]:
        click.echo(
            f"{words.rstrip('.')}: {so_many(contacts, 'contact')} would count nowhere.", err=True
        )
    if rest := ordered[NAMED:]:
        contacts = sum(number for _, number in rest)
        click.echo(
            f"{so_many(len(rest), 'more word')}: {so_many(contacts, 'contact')} would count"
            " nowhere.",
            err=True,
        )


def _store() -> LogStore:
    return LogStore.of(current_app.config)
