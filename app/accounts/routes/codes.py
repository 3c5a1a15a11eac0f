"""The second step of signing in, for people with a second factor."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from flask import redirect, render_template, session, url_for
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from app.accounts.forms import CodeForm
from app.accounts.models import Factor, Person
from app.accounts.presenters import too_many_words
from app.accounts.queries import get_person
from app.accounts.routes.blueprint import bp
from app.accounts.routes.sign_in import (
    PENDING,
    arrive,
    log_refusal,
    password_mark,
    secret_box,
    this_device,
)
from app.accounts.services import WRONG_CODE, begin_attempt, use_code
from app.db.session import transaction
from app.errors import AppError, InvalidError, NotFoundError
from app.extensions import db
from app.web.addresses import own_page
from app.web.clock import now
from app.web.errors import status_of
from app.web.guards import public

PENDING_FOR = timedelta(minutes=5)
"""How long a right password waits for its code."""

Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@bp.get("/sign-in/code")
@public
def code_page() -> str | Response:
    """Ask for the code."""
    if _pending() is None:
        return redirect(url_for("accounts.sign_in_page"), code=303)
    return _page(CodeForm())


@bp.post("/sign-in/code")
@public
def sign_in_by_code() -> Answer:
    """Sign somebody in whose password was right, by a right code."""
    person = _pending()
    if person is None:
        return redirect(url_for("accounts.sign_in_page"), code=303)
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(form), 422
    person_id, email = person.id, person.email
    with transaction(db.session):
        wait = begin_attempt(db.session, email=email, device=this_device(), by_code=True, now=now())
    if wait is not None:
        log_refusal("too often", email)
        seconds = ceil(wait.total_seconds())
        form.form_errors = [too_many_words(seconds)]
        return _page(form), TooManyRequests.code, {"Retry-After": str(seconds)}
    try:
        factor = _used(person_id, form.code.data)
    except AppError as error:
        log_refusal("code", email)
        form.refuse(error)
        return _page(form), status_of(error)
    return arrive(person_id, factor, own_page(session[PENDING]["next"]))


def _used(person_id: int, code: str) -> Factor:
    """Use the code up; raises InvalidError. A code that was used stays used whatever follows."""
    with transaction(db.session):
        person = get_person(db.session, person_id)
        factor = use_code(db.session, person, code, box=secret_box(), now=now())
    if factor is None:
        raise InvalidError(WRONG_CODE, field="code")
    return factor


def _pending() -> Person | None:
    """Whose password was right in this browser a few minutes ago and is the same still."""
    kept = session.get(PENDING)
    if not isinstance(kept, dict):
        return None
    age = now().timestamp() - kept["at"]
    if not -5 <= age < PENDING_FOR.total_seconds():
        return None
    try:
        person = get_person(db.session, kept["person"])
    except NotFoundError:
        return None
    return person if person.is_active and password_mark(person) == kept["mark"] else None


def _page(form: CodeForm) -> str:
    return render_template("accounts/code.html", form=form)
