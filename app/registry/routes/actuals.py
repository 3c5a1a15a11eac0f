"""Payments from a file with any columns; what is wrong later is reversed, as the ledger demands."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.approvals.models import SpendBatch
from app.approvals.queries.balances import booked_words
from app.approvals.services.spending import SpendFile, import_spend, preview_spend
from app.calendar.queries import list_funds
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.extensions import db
from app.registry import queries
from app.registry.engine.columns import as_csv
from app.registry.forms import ReverseForm, RowSaveForm
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
from app.registry.services import RowFile, reverse_file
from app.values.money import Money
from app.web.clock import now
from app.web.filters import counted, money
from app.web.guards import about_costs, current_actor, requires
from app.web.subjects import link_subject

_PAGE = "/import/actuals"
ISSUES_SHOWN = 200
ROWS_SHOWN = 10
PAYMENTS_SHOWN = 500

link_subject(bp, "spend_batch", lambda ref: url_for("registry.show_payments", batch_id=int(ref)))


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
    """The file under the ledger's own columns, each row on its line.

    One that has them already is taken as it is, so that its bytes are booked once.
    """
    table = file.mapped
    if all(name == header for name, header in file.columns.items()):
        return SpendFile(file.name, file.content)
    return SpendFile(f"{file.name.rpartition('.')[0] or file.name}.csv", as_csv(table))


def _dry_run(file: RowFile, form: RowSaveForm) -> str:
    spend = _spend(file)
    draft = preview_spend(db.session, spend, actor=current_actor(), now=now())
    funds = {fund.id: fund.name for fund in list_funds(db.session)}
    return render_template(
        "registry/actuals.html",
        form=form,
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
    return redirect(url_for("registry.show_payments", batch_id=batch_id), 303)


@bp.get(f"{_PAGE}/<int:batch_id>")
@requires("proposals.view")
@about_costs
def show_payments(batch_id: int) -> str:
    """Show the payments of a file and, for whoever may, the form that reverses all of them."""
    return _payments(batch_id, ReverseForm(formdata=None))


def _payments(batch_id: int, form: ReverseForm) -> str:
    batch = queries.get_payments_file(db.session, batch_id)
    rows = queries.list_payments(db.session, batch_id)
    return render_template(
        "registry/payments.html", batch=batch, form=form,
        sum=Money(batch.sum_minor, batch.currency),
        rows=[(one, Money(one.amount_minor, one.currency)) for one in rows[:PAYMENTS_SHOWN]],
        count=len(rows), left=sum(not one.is_reversed for one in rows),
    )  # fmt: skip


@bp.post(f"{_PAGE}/<int:batch_id>/reversal")
@requires("spend.book")
def reverse_payments(batch_id: int) -> Response | tuple[str, int]:
    """Reverse every payment of a file that was not reversed yet."""
    form = ReverseForm()
    if not form.validate():
        return _payments(batch_id, form), 422
    try:
        with transaction(db.session):
            count = reverse_file(
                db.session, batch_id, reason=(form.reason.data or "").strip(),
                request_key=form.once.data or "", actor=current_actor(), now=now(),
            )  # fmt: skip
    except (InvalidError, ConflictError, NotAllowedError) as error:
        form.refuse(error)
        return _payments(batch_id, form), 422
    flash(f"{counted(count, 'payment')} reversed; the money is released and not spent again.", "ok")
    return redirect(url_for("registry.show_payments", batch_id=batch_id), 303)
