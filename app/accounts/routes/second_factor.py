"""One's own second factor: set up, recovery codes, removal."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.forms import CodeForm, ConfirmForm
from app.accounts.models import Factor
from app.accounts.presenters import setup_view
from app.accounts.queries import count_recovery_codes, find_factor
from app.accounts.routes.blueprint import bp
from app.accounts.routes.sign_in import begin_session, judge_factor, secret_box, this_device
from app.accounts.rules import removal_bar
from app.accounts.services import (
    begin_second_factor,
    confirm_second_factor,
    open_session,
    open_setup,
    remove_second_factor,
    renew_recovery_codes,
)
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.web.clock import now
from app.web.errors import status_of
from app.web.guards import current_actor, freshly, signed_in

Answer = Response | str | tuple[str, int]


@bp.get("/account/second-factor")
@signed_in
def second_factor() -> str:
    """Show one's own second factor, or how to set one up."""
    return _page(CodeForm(formdata=None))


@bp.post("/account/second-factor/begin")
@signed_in
@freshly
def begin_factor() -> Response:
    """Draw a secret to put into an app."""
    with transaction(db.session):
        begin_second_factor(db.session, current_actor(), box=secret_box(), now=now())
    return _back()


@bp.post("/account/second-factor/confirm")
@signed_in
@freshly
def confirm_factor() -> Answer:
    """Put it in force by a first code; the recovery codes are shown on this answer only."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(form), 422
    person = current_actor()
    try:
        with transaction(db.session):
            codes = confirm_second_factor(
                db.session, person, form.code.data, box=secret_box(), now=now()
            )
            token = open_session(
                db.session, person, device=this_device(), factor=Factor.TOTP, now=now()
            )
    except AppError as error:
        form.refuse(error)
        return _page(form), status_of(error)
    begin_session(person, token)
    judge_factor(person, has_factor=True)
    return _page(CodeForm(formdata=None), codes=codes)


@bp.post("/account/second-factor/recovery-codes")
@signed_in
@freshly
def new_recovery_codes() -> str:
    """Draw new recovery codes, shown on this answer only."""
    with transaction(db.session):
        codes = renew_recovery_codes(db.session, current_actor(), now=now())
    return _page(CodeForm(formdata=None), codes=codes)


@bp.post("/account/second-factor/remove")
@signed_in
@freshly
def remove_factor() -> Response:
    """Go without a second factor again."""
    with transaction(db.session):
        remove_second_factor(
            db.session, current_actor(),
            is_required=current_app.config["REQUIRE_SECOND_FACTOR"], now=now(),
        )  # fmt: skip
    flash("Your second factor is removed; your password alone signs you in.", "ok")
    return _back()


def _back() -> Response:
    return redirect(url_for("accounts.second_factor"), code=303)


def _page(form: CodeForm, *, codes: list[str] | None = None) -> str:
    person = current_actor()
    factor = find_factor(db.session, person)
    secret = open_setup(factor, box=secret_box(), now=now())
    bar = removal_bar(
        person.held_roles,
        has_short_password=person.has_short_password,
        is_required=current_app.config["REQUIRE_SECOND_FACTOR"],
    )
    return render_template(
        "accounts/second_factor.html",
        person=person,
        form=form,
        plain_form=ConfirmForm(formdata=None),
        since=factor.confirmed_at if factor else None,
        setup=setup_view(secret, person.email) if secret else None,
        codes=codes,
        left=count_recovery_codes(db.session, person),
        bar=bar,
    )
