"""Approval limits: who approves how much alone."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.queries import get_person
from app.approvals.forms import LimitForm
from app.approvals.presenters.signing import history_rows, limit_rows
from app.approvals.queries import (
    list_approvers,
    list_currencies,
    list_limit_history,
    load_limits,
)
from app.approvals.routes.blueprint import bp
from app.approvals.services import set_limit
from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.web.clock import now
from app.web.errors import status_of
from app.web.filters import money
from app.web.guards import current_actor, may, requires, says

LIMITS = "/people/limits"


@bp.get(LIMITS)
@requires("limits.view")
def limits() -> str:
    """Show what everybody in Finance approves alone, and how that came about."""
    return _page()


def _told() -> str | None:
    """What the form of a limit is about to do."""
    form = _form(_currency(), sent=True)
    name = dict(list_approvers(db.session)).get(form.person_id.data)
    amount = None if form.is_lifted.data else form["amount"].data
    if name is None or (amount is None and not form.is_lifted.data):
        return None
    most = f"at most {money(amount)}" if amount is not None else "any sum"
    return f"Let {name} approve {most} alone."


@bp.post(LIMITS)
@requires("limits.set", fresh=True)
@says(_told)
def add_limit() -> Response | tuple[str, int]:
    """Set a limit; the ones before stay on record."""
    currency = _currency()
    form = _form(currency, sent=True)
    if currency is None or not form.validate():
        return _page(form), 422
    try:
        with transaction(db.session) as session:
            person = get_person(session, form.person_id.data)
            amount = None if form.is_lifted.data else form["amount"].data
            answered_once(
                session, form.once.data or "", actor=current_actor(), action="limit.set",
                params={**form.typed(), "currency": currency}, now=now(),
                make=lambda: set_limit(
                    session, person, amount, currency=currency,
                    reason=(form.reason.data or "").strip(), actor=current_actor(), now=now(),
                ).id,
            )  # fmt: skip
    except AppError as error:
        form.refuse(error)
        return _page(form), status_of(error)
    flash("The limit counts from now on.", "ok")
    return redirect(url_for("approvals.limits", currency=currency), 303)


def _currency() -> str | None:
    """The currency asked for, else that of the latest cycle; None before the first cycle."""
    known = list_currencies(db.session)
    asked = request.args.get("currency")
    return asked if asked in known else next(iter(known), None)


def _form(currency: str | None, *, sent: bool = False) -> LimitForm:
    form = LimitForm(currency=currency or "EUR") if sent else LimitForm(
        formdata=None, currency=currency or "EUR"
    )  # fmt: skip
    form.offer(list_approvers(db.session))
    return form


def _page(form: LimitForm | None = None) -> str:
    currency = _currency()
    rows = []
    if currency is not None:
        rows = limit_rows(list_approvers(db.session), load_limits(db.session, currency), currency)
    return render_template(
        "approvals/limits.html",
        currency=currency,
        currencies=list_currencies(db.session),
        rows=rows,
        history=history_rows(list_limit_history(db.session, currency)) if currency else [],
        form=(form or _form(currency)) if may("limits.set") else None,
    )
