"""Take a customer out of the logs: the key, what there is, the confirmation."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.interactions.forms import EraseConfirmForm, EraseForm, FinishForm
from app.interactions.queries import list_erasures as list_open
from app.interactions.queries import list_live_sources
from app.interactions.routes.blueprint import Page, bp, store
from app.interactions.services import (
    Search,
    begin_erasures,
    customer_of,
    end_erasure,
    erase_rows,
    find_customer,
)
from app.journeys.models import InteractionErasure
from app.web.clock import now
from app.web.filters import counted
from app.web.guards import current_actor, requires
from app.web.typed import not_kept


@bp.get("/erase")
@requires("interactions.erase")
def erase() -> str:
    """Ask for the key of the customer."""
    return _asked(EraseForm(formdata=None))


def _asked(form: EraseForm) -> str:
    return render_template(
        "interactions/erase.html", form=form, finish_form=FinishForm(formdata=None),
        open_count=len(list_open(db.session)), warehouses=_warehouses(),
    )  # fmt: skip


@bp.post("/erase")
@requires("interactions.erase")
@not_kept
def look_for_customer() -> Page:
    """Say what the logs have of a customer, erasing nothing."""
    form = EraseForm()
    if form.validate():
        try:
            customer = customer_of(store(), form.customer.data or "")
            return _found(EraseConfirmForm(formdata=None, customer=str(customer)))
        except AppError as error:
            form.refuse(error)
    return _asked(form), 422


def _found(form: EraseConfirmForm) -> str:
    return render_template(
        "interactions/erase_found.html", form=form, warehouses=_warehouses(),
        found=find_customer(db.session, store(), int(form.customer.data or 0)).found,
    )  # fmt: skip


@bp.post("/erase/confirm")
@requires("interactions.erase")
def erase_customer() -> Page:
    """Erase the rows that were found, and ask for new counts."""
    form = EraseConfirmForm()
    if not form.validate():
        if form.customer.errors:
            return redirect(url_for("interactions.erase"), code=303)
        return _found(form), 422
    search = find_customer(db.session, store(), int(form.customer.data))
    with transaction(db.session):
        answered_once(
            db.session, form.once.data, actor=current_actor(), action="interactions.erase",
            params=form.typed(), make=lambda: _begin(search, form), now=now(),
        )  # fmt: skip
    return _ended()


def _begin(search: Search, form: EraseConfirmForm) -> int:
    reason = (form.reason.data or "").strip()
    begin_erasures(db.session, search, reason=reason, actor=current_actor(), now=now())
    return search.rows


@bp.post("/erase/finish")
@requires("interactions.erase")
def finish_erasures() -> Page:
    """End erasures that broke off."""
    return _ended()


def _ended() -> Page:
    """Erase what was kept as to be erased, log by log, and say how much that was."""
    rows = []
    while waiting := list_open(db.session):
        erasure_id, count = waiting[0].id, waiting[0].row_count
        erase_rows(store(), waiting[0].source, waiting[0])
        with transaction(db.session):
            left = db.session.get(InteractionErasure, erasure_id)
            if left is not None:
                end_erasure(db.session, left, actor=current_actor(), now=now())
        rows.append(count)
    were = "was" if sum(rows) == 1 else "were"
    flash(
        f"{counted(sum(rows), 'row')} in {counted(len(rows), 'import')} {were} erased."
        " A worker counts what is left." if rows else "No row was left to erase.",
        "ok",
    )  # fmt: skip
    return redirect(url_for("interactions.erase"), code=303)


def _warehouses() -> list[str]:
    return [one.name for one in list_live_sources(db.session) if one.address]
