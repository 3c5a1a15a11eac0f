"""Commands about the ledger: balances, actuals from a file, and whether all of it agrees."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from uuid import uuid4

import click
from flask.cli import AppGroup

from app.approvals.models import Commitment, SpendBatch
from app.approvals.presenters.balances import FIGURES, Grouping, balance_table
from app.approvals.queries.balances import load_positions
from app.approvals.queries.soundness import check_ledger
from app.approvals.rules.spend_rows import SpendDraft
from app.approvals.services.spending import SpendFile, import_spend, preview_spend
from app.calendar.models import Cycle
from app.calendar.queries import list_cycles, list_funds
from app.cli.errors import said_plainly
from app.cli.importing import person_of
from app.db.session import transaction
from app.errors import InvalidError, NotFoundError
from app.extensions import db
from app.values.money import Money
from app.web.clock import now

ledger = AppGroup("ledger", help="Approved money: where it stands, what was spent, what agrees.")


@ledger.command("balance")
@click.option("--cycle", "name", help="Money this cycle approved; of all cycles if left out.")
@click.option(
    "--by",
    type=click.Choice([one.value for one in Grouping]),
    default=Grouping.CYCLE.value,
    help="What the lines are.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, minor units.")
@said_plainly
def show_balance(name: str | None, by: str, as_json: bool) -> None:
    """Tell where approved money stands: released, reserved, on hold, freed and spent."""
    cycles = _cycles(name)
    funds = {fund.id: fund.name for fund in list_funds(db.session)}
    document: list[tuple[str, str, dict[str, int]]] = []
    for currency in sorted({one.currency for one in cycles}):
        ids = [one.id for one in cycles if one.currency == currency]
        positions = load_positions(db.session, Commitment.cycle_id.in_(ids))
        table = balance_table(positions, Grouping(by), funds)
        for line in [*table.lines, table.total]:
            figures = dict(zip(FIGURES, line.figures, strict=True))
            document.append((line.word, currency, figures))
    if as_json:
        rows = [{by: word, "currency": code, **figures} for word, code, figures in document]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for word, currency, figures in document:
        click.echo(word)
        for figure, minor in figures.items():
            click.echo(f"  {figure.replace('_', ' '):<10}{Money(minor, currency)!s:>24}")


def _cycles(name: str | None) -> list[Cycle]:
    cycles = list_cycles(db.session)
    if name is None:
        return cycles
    found = [one for one in cycles if one.name == name]
    if not found:
        raise NotFoundError(f"There is no cycle called “{name}”.")
    return found


@ledger.command("spend")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "email", required=True, help="Who in Finance books it (e-mail).")
@click.option("--dry-run", is_flag=True, help="Read and report, book nothing.")
@said_plainly
def book_file(path: Path, email: str, dry_run: bool) -> None:
    """Book the actuals in PATH, all of them or none.

    A CSV, XLSX or JSON file with the columns initiative, fund, paid_on, amount and reference;
    quarter and cycle where they don't follow from those. The same file is booked once.
    """
    file = SpendFile(path.name, path.read_bytes())
    draft = preview_spend(db.session, file, actor=person_of(email), now=now())
    _report(draft)
    if draft.errors:
        raise InvalidError("Nothing was booked; mend these rows in the file.")
    if dry_run:
        click.echo(f"{_said(draft)} would be booked.")
        return
    with transaction(db.session):
        batch_id = import_spend(
            db.session, file, request_key=uuid4().hex, actor=person_of(email), now=now()
        )
        batch = db.session.get_one(SpendBatch, batch_id)
        booked = Money(batch.sum_minor, batch.currency)
        click.echo(f"{batch.row_count:,} payments of {booked} booked as file {batch_id}.")


def _report(draft: SpendDraft) -> None:
    for issue in draft.issues:
        word = "" if issue.is_error else "note: "
        click.echo(f"line {issue.line}, {issue.column}: {word}{issue.message}", err=True)


def _said(draft: SpendDraft) -> str:
    return f"{len(draft.rows):,} payments of {Money(draft.sum_minor, draft.currency)}"


@ledger.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@said_plainly
def check(as_json: bool) -> None:
    """Recount the whole ledger; exit code 1 if anything does not agree."""
    found = check_ledger(db.session)
    if as_json:
        document = {
            "commitments": found.commitments,
            "movements": found.movements,
            "faults": list(found.faults),
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        click.echo(f"{found.commitments:,} commitments, {found.movements:,} movements.")
        for fault in found.faults:
            click.echo(f"- {fault}")
        if not found.faults:
            click.echo("Accounts, hurdles, funds and quarters agree.")
    if found.faults:
        sys.exit(1)
