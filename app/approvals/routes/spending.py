"""Book what was spent by hand, and take a wrong booking back; files come in by the import."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.approvals.forms import ReversalForm, SpendForm
from app.approvals.models import Commitment
from app.approvals.queries.balances import (
    find_reversal,
    find_spend,
    list_batches,
    load_accounts,
)
from app.approvals.routes.blueprint import bp
from app.approvals.rules.actuals import Account, owner_bar
from app.approvals.services.spending import book_spend, reverse_spend
from app.calendar.queries import list_funds
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from app.extensions import db
from app.values.money import Money
from app.web.clock import now
from app.web.filters import money
from app.web.guards import about_costs, current_actor, may, requires
from app.web.subjects import link_subject

BATCHES_SHOWN = 20

link_subject(bp, "spend", lambda ref: url_for("approvals.spend", transfer_id=int(ref)))


@bp.get("/ledger/spend")
@requires("spend.book")
def spending() -> str:
    """Show the form for one payment, and the files booked so far."""
    return _page()


@bp.post("/ledger/spend")
@requires("spend.book")
def add_spend() -> Response | tuple[str, int]:
    """Book one payment."""
    # The first of two same payments may have used all that was left; the second gets its answer.
    form = spend_form(_accounts(also=request.form.get("commitment", type=int)))
    if not form.validate():
        return _page(form), 422
    try:
        with transaction(db.session):
            transfer_id = book_spend(
                db.session, form.actual(), is_part=form.is_part.data,
                request_key=form.once.data or "", actor=current_actor(), now=now(),
            )  # fmt: skip
    except InvalidError as error:
        form.refuse(error)
        return _page(form), 422
    flash("The payment is booked.", "ok")
    return redirect(url_for("approvals.spend", transfer_id=transfer_id), 303)


@bp.get("/ledger/spend/<int:transfer_id>")
@requires("proposals.view")
@about_costs
def spend(transfer_id: int) -> str:
    """Show one payment and, for whoever may, the form that takes it back."""
    return _spend_page(transfer_id, ReversalForm(formdata=None))


@bp.post("/ledger/spend/<int:transfer_id>/reversal")
@requires("spend.book")
def take_back(transfer_id: int) -> Response | tuple[str, int]:
    """Reverse one payment, whole."""
    form = ReversalForm()
    if not form.validate():
        return _spend_page(transfer_id, form), 422
    try:
        with transaction(db.session):
            reverse_spend(
                db.session, transfer_id, reason=(form.reason.data or "").strip(),
                request_key=form.once.data or "", actor=current_actor(), now=now(),
            )  # fmt: skip
    except (InvalidError, ConflictError, NotAllowedError) as error:
        form.refuse(error)
        return _spend_page(transfer_id, form), 422
    flash("Taken back; the money is released and not spent again.", "ok")
    return redirect(url_for("approvals.spend", transfer_id=transfer_id), 303)


def _accounts(*, also: int | None = None) -> list[Account]:
    """The commitments with money left to spend, and ``also`` one, of whoever may book it."""
    person_id = current_actor().id
    return [
        one
        for one in load_accounts(db.session)
        if (one.left_minor > 0 or one.commitment_id == also) and owner_bar(one, person_id) is None
    ]


def spend_form(accounts: Sequence[Account]) -> SpendForm:
    """The form for the commitments of one currency, so that a bare amount means one thing.

    It is the currency asked for, else that of the commitment asked for, else that of the first.
    """
    asked = request.args.get("currency")
    named = request.values.get("commitment")
    first = next(
        iter(
            [
                *(one for one in accounts if one.currency == asked),
                *(one for one in accounts if str(one.commitment_id) == named and not asked),
                *accounts,
            ]
        ),
        None,
    )
    form = SpendForm(
        formdata=request.form if request.method == "POST" else None,
        currency=first.currency if first else "EUR",
        commitment=int(named) if named and named.isdecimal() and len(named) < 10 else None,
    )
    form.commitment.choices = [
        (one.commitment_id, f"{one.key} {one.title} – {money(one.left)} left, {one.cycle}")
        for one in accounts
        if one.currency == form.currency
    ]
    form.fund.choices = [(fund.id, fund.name) for fund in list_funds(db.session)]
    return form


def _page(form: SpendForm | None = None) -> str:
    accounts = _accounts()
    form = form or spend_form(accounts)
    currencies = sorted({one.currency for one in accounts})
    several = len(currencies) > 1
    return render_template(
        "approvals/spending.html",
        form=form,
        action=url_for("approvals.add_spend", currency=form.currency if several else None),
        currencies=[
            (one, url_for("approvals.spending", currency=one), one == form.currency)
            for one in currencies
            if several
        ],
        accounts=accounts,
        batches=list_batches(db.session, limit=BATCHES_SHOWN),
    )


def _spend_page(transfer_id: int, form: ReversalForm) -> str:
    found = find_spend(db.session, transfer_id)
    if found is None:
        raise NotFoundError("There is no such payment.")
    (account,) = load_accounts(db.session, Commitment.id == found.commitment_id)
    barred = owner_bar(account, current_actor().id) if may("spend.book") else None
    return render_template(
        "approvals/spend.html",
        one=found,
        amount=Money(found.amount_minor, found.currency),
        reversal=find_reversal(db.session, transfer_id),
        form=form,
        barred=barred,
    )
