"""Choosing a password by a link that came by mail."""

from __future__ import annotations

from math import ceil

from flask import current_app, flash, redirect, render_template, request, session, url_for
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from app.accounts.forms import ChosenPasswordForm, ForgottenForm
from app.accounts.models import LinkKind
from app.accounts.queries import find_link
from app.accounts.routes.blueprint import bp
from app.accounts.routes.sign_in import (
    TOKEN,
    begin_session,
    judge_factor,
    known_device,
    landing_page,
    remember,
    this_device,
)
from app.accounts.services import (
    ask_for_reset,
    begin_reset,
    choose_password,
    open_session,
    token_hash,
)
from app.db.session import transaction
from app.errors import InvalidError, NotFoundError
from app.extensions import db
from app.mail.services import Outbox
from app.web.clock import now
from app.web.errors import status_of
from app.web.guards import public

Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


def outbox() -> Outbox | None:
    """What takes letters here, if mail is sent at all."""
    return Outbox.of(current_app.config)


@bp.get("/sign-in/forgotten")
@public
def forgotten() -> str:
    """Ask whose password is forgotten, or say what happens now."""
    return _forgotten_page(ForgottenForm(), is_sent="sent" in request.args)


@bp.post("/sign-in/forgotten")
@public
def ask_for_new_password() -> Answer:
    """Let the worker send a link, if anybody has this address; the answer is always the same."""
    form = ForgottenForm()
    if not form.validate_on_submit() or not _sends_links():
        return _forgotten_page(form), 422
    with transaction(db.session):
        wait = begin_reset(db.session, email=form.email.data, device=this_device(), now=now())
        if wait is None:
            ask_for_reset(db.session, form.email.data, now=now())
    if wait is not None:
        seconds = ceil(wait.total_seconds())
        form.form_errors = [f"This was asked for too often. Try again in {seconds} s."]
        return _forgotten_page(form), TooManyRequests.code, {"Retry-After": str(seconds)}
    return redirect(url_for("accounts.forgotten", sent=1), code=303)


@bp.get("/sign-in/link")
@public
def link_page() -> str:
    """Show the form that a link leads to; looking at it uses nothing up."""
    form = ChosenPasswordForm(token=request.args.get("token", ""))
    return _link_page(form)


@bp.post("/sign-in/link")
@public
def use_link() -> Answer:
    """Set the password; who was invited is signed in, who forgot theirs signs in as ever."""
    form = ChosenPasswordForm()
    if not form.validate_on_submit() or not current_app.config["PASSWORD_SIGN_IN"]:
        return _link_page(form), 422
    device = known_device()
    try:
        with transaction(db.session):
            person, kind = choose_password(
                db.session, form.token.data or "", form.password.data, outbox=outbox(), now=now()
            )
            token = None
            if kind is LinkKind.INVITATION:
                token = open_session(
                    db.session, person, device=device, replaces=session.get(TOKEN), now=now()
                )
    except InvalidError as error:
        form.refuse(error)
        return _link_page(form), status_of(error)
    if token is None:
        session.clear()
        flash("Your password is changed. Sign in with it; all your sessions have ended.", "ok")
        return redirect(url_for("accounts.sign_in_page"), code=303)
    begin_session(person, token)
    judge_factor(person, has_factor=False)
    flash(f"Welcome, {person.name}. From now on you sign in with this password.", "ok")
    where = url_for("accounts.account") if person.opens_only_account else landing_page(person)
    return remember(device, redirect(where, code=303))


def _link_page(form: ChosenPasswordForm) -> str:
    if not current_app.config["PASSWORD_SIGN_IN"]:
        raise NotFoundError("Passwords are switched off here; sign in at the provider.")
    found = find_link(db.session, token_hash(form.token.data or ""), now=now())
    if found is None:
        raise NotFoundError(
            "This link was used already, was withdrawn, or is out of date. Ask for a new one on"
            " the sign-in page, or ask an admin."
        )
    link, person = found
    return render_template(
        "accounts/link.html",
        form=form,
        person=person,
        is_invitation=link.kind is LinkKind.INVITATION,
    )


def _forgotten_page(form: ForgottenForm, *, is_sent: bool = False) -> str:
    return render_template(
        "accounts/forgotten.html", form=form, is_on=_sends_links(), is_sent=is_sent
    )


def _sends_links() -> bool:
    return outbox() is not None and current_app.config["PASSWORD_SIGN_IN"]
