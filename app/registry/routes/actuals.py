"""Payments from a file with any columns; what is wrong later is reversed, as the ledger demands."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.approvals.models import SpendBatch
from app.approvals.queries.balances import booked_words
from app.approvals.services.spending import SpendFile, import_spend, preview_spend
from app.calendar.queries import list_funds
from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.extensions import db
from app.registry.engine.columns import as_csv
from app.registry.forms import RowSaveForm
from app.registry.routes.blueprint import bp
from app.registry.routes.rows import (
    ACTUALS,
    Page,
    checked,
    read_upload,
    remember_mapping,
    sent_file,
    upload_page,
)
from app.registry.services import RowFile
from app.values.money import Money
from app.web.clock import now
from app.web.filters import counted, money
from app.web.guards import current_actor, requires

_PAGE = "/import/actuals"
ISSUES_SHOWN = 200
ROWS_SHOWN = 10


@bp.get(_PAGE)
@requires("spend.book")
def actuals() -> str:
    """Show the form for a file of payments."""
    return upload_page(ACTUALS)


@bp.post(_PAGE)
@requires("spend.book")
def map_actuals() -> Page:
    """Show which column is which."""
    return read_upload(ACTUALS)


@bp.post(f"{_PAGE}/check")
@requires("spend.book")
def check_actuals() -> Page:
    """Dry run: name every doubtful row, book nothing."""
    return checked(ACTUALS, _dry_run)


def _spend(file: RowFile) -> SpendFile:
    """The file under the ledger's own columns, each row on its line."""
    return SpendFile(f"{file.name.rpartition('.')[0] or file.name}.csv", as_csv(file.mapped))


def _dry_run(file: RowFile, form: RowSaveForm) -> str:
    spend = _spend(file)
    draft = preview_spend(db.session, spend, actor=current_actor(), now=now())
    funds = {fund.id: fund.name for fund in list_funds(db.session)}
    return render_template(
        "approvals/spending_preview.html",
        form=form,
        action=url_for("registry.save_actuals"),
        file_name=file.name,
        booked=booked_words(db.session, spend.digest),
        draft=draft,
        sum=Money(draft.sum_minor, draft.currency) if draft.rows else None,
        issues=[*draft.errors, *draft.notes][:ISSUES_SHOWN],
        rows=[
            (row, funds[row.actual.fund_id], Money(row.actual.amount_minor, row.account.currency))
            for row in draft.rows[:ROWS_SHOWN]
        ],
    )


@bp.post(f"{_PAGE}/save")
@requires("spend.book")
def save_actuals() -> Response | tuple[str, int]:
    """Book what the dry run showed, whole or not at all."""
    form = RowSaveForm()
    file = sent_file(ACTUALS, form)
    try:
        with transaction(db.session):
            batch_id = import_spend(
                db.session, _spend(file), request_key=form.once.data or "",
                actor=current_actor(), now=now(),
            )  # fmt: skip
            remember_mapping(file, form)
            batch = db.session.get_one(SpendBatch, batch_id)
            booked = money(Money(batch.sum_minor, batch.currency))
            count = counted(batch.row_count, "payment")
    except (InvalidError, ConflictError) as error:
        form.refuse(error)
        return _dry_run(file, form), 422
    flash(f"{count} of {booked} booked.", "ok")
    return redirect(url_for("approvals.spending"), 303)
