"""Asking again who somebody is, before they decide about money or rights; the form goes along."""

from __future__ import annotations

from math import ceil

from flask import Flask, current_app, g, render_template, request, session
from werkzeug.exceptions import Forbidden, TooManyRequests
from werkzeug.wrappers import Response
from wtforms import Field

from app.accounts.forms import CodeProofForm, ProofForm
from app.accounts.presenters import sent_rows, too_many_words
from app.accounts.routes.sign_in import TOKEN, OpenSession, secret_box, this_device
from app.accounts.rules import STEP_UP, proof_is_fresh
from app.accounts.services import (
    WRONG_CODE,
    begin_attempt,
    password_is_theirs,
    renew_proof,
    use_code,
)
from app.db.session import transaction
from app.errors import AppError, InvalidError
from app.extensions import db
from app.web import typed
from app.web.clock import now
from app.web.guards import SAFE_METHODS, asks_for_fresh_proof, current_actor, words_of


def ask_for_proof() -> Response | None:
    """Let a request through to a view that takes a fresh proof, or answer with the asking page.

    It runs after the checks of roles and of the form's token, so it only ever asks who may.
    """
    endpoint = request.endpoint
    if endpoint is None or request.method in SAFE_METHODS:
        return None
    if not asks_for_fresh_proof(current_app.view_functions[endpoint]):
        return None
    kept: OpenSession = g.sign_in
    if kept.is_current and proof_is_fresh(kept.confirmed_at, now()):
        return None
    if kept.is_of_provider and not kept.has_factor:
        return _page(ProofForm(), Forbidden.code, by_provider=True)
    form = CodeProofForm() if kept.has_factor else ProofForm()
    if _proof(form).name not in request.form:
        return _page(form, Forbidden.code)
    return _checked(form, kept)


Proof = ProofForm | CodeProofForm


def _proof(form: Proof) -> Field:
    return form.confirm_code if isinstance(form, CodeProofForm) else form.confirm_password


def _checked(form: Proof, kept: OpenSession) -> Response | None:
    """Look at a proof; None when it is right and the request goes on."""
    if not form.validate():
        return _page(form, Forbidden.code)
    person = current_actor()
    with transaction(db.session):
        wait = begin_attempt(
            db.session, email=person.email, device=this_device(),
            by_code=kept.has_factor, now=now(),
        )  # fmt: skip
    if wait is not None:
        seconds = ceil(wait.total_seconds())
        form.form_errors = [too_many_words(seconds)]
        response = _page(form, TooManyRequests.code)
        response.headers["Retry-After"] = str(seconds)
        return response
    try:
        if not kept.has_factor and not password_is_theirs(person, _proof(form).data):
            raise InvalidError("This is not your password.", field=_proof(form).name)
        with transaction(db.session):
            if kept.has_factor:
                _use_code(form)
            token = renew_proof(
                db.session, current_actor(), kept.id, device=this_device(),
                rotates=kept.is_current, now=now(),
            )  # fmt: skip
    except AppError as error:
        form.refuse(error)
        return _page(form, Forbidden.code)
    if token is not None:
        session[TOKEN] = token
    return None


def _use_code(form: Proof) -> None:
    field = _proof(form)
    if use_code(db.session, current_actor(), field.data, box=secret_box(), now=now()) is None:
        raise InvalidError(WRONG_CODE, field=field.name)


def _page(form: Proof, status: int, *, by_provider: bool = False) -> Response:
    """The asking page with every text of the form, so that sending it on loses nothing."""
    fields = typed.typed_fields(request.form.items(multi=True))
    said = _said()
    left_out = any("passw" in name and not name.startswith(typed.PROOF) for name in request.form)
    page = render_template(
        "accounts/confirm.html",
        form=form,
        by_provider=by_provider,
        proof=_proof(form),
        fields=fields,
        said=said,
        rows=sent_rows(fields, is_said=said is not None),
        left_out=left_out,
        page=typed.page_of_form(),
        minutes=STEP_UP.seconds // 60,
    )
    return Response(page, status, mimetype="text/html")


def _said() -> str | None:
    """What is carried out once the proof is there, in the words of the view that does it."""
    try:
        return words_of(current_app.view_functions[str(request.endpoint)], request.view_args or {})
    except AppError:  # it is refused in its own words once it is carried out
        return None


def init_step_up(app: Flask) -> None:
    """Bind the asking; it comes after the checks of roles and of the form's token."""
    app.before_request(ask_for_proof)
