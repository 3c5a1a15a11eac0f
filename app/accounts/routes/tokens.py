"""Personal tokens: made and ended on one's account, taken with requests of programs."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from app.accounts.forms import ConfirmForm, TokenForm
from app.accounts.models import Person
from app.accounts.queries import find_token, get_person, list_tokens
from app.accounts.routes.blueprint import bp
from app.accounts.rules import SCOPE_WORDS, scoped_permissions
from app.accounts.services import TokenDraft, create_token, revoke_token, token_hash
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.web.clock import now
from app.web.errors import status_of
from app.web.guards import current_actor, freshly, requires, signed_in
from app.web.rates import meter

WRONG_TOKENS_A_MINUTE = 30


def load_by_token() -> Person | None:
    """The person for whom a program acts by the token it sends, with no more than that gives.

    Every request counts against the token, also one that is refused afterwards.
    """
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        return None
    found = find_token(db.session, token_hash(token.strip()), now=now())
    if found is None:
        if not meter().lets(f"wrong token {request.remote_addr}", WRONG_TOKENS_A_MINUTE):
            raise TooManyRequests("Too many wrong tokens. Wait a minute.", retry_after=60)
        current_app.logger.info("A token was refused.")
        return None
    kept, person, g.has_factor = found
    if not meter().lets(f"token {kept.token_hash}", current_app.config["API_PER_MINUTE"]):
        raise TooManyRequests("Too many requests in this minute.", retry_after=60)
    person.token_id, person.scoped_permissions = kept.id, scoped_permissions(kept.scopes)
    g.token = kept
    return person


@bp.get("/account/tokens")
@signed_in
def tokens() -> str:
    """Show one's own tokens."""
    return _page(TokenForm())


@bp.post("/account/tokens")
@signed_in
@freshly
def new_token() -> str | tuple[str, int]:
    """Make a token, shown on this answer only."""
    form = TokenForm()
    if not form.validate_on_submit():
        return _page(form), 422
    draft = TokenDraft(
        form.name.data, frozenset(form.scopes.data or ()), timedelta(days=form.days.data)
    )
    try:
        with transaction(db.session):
            token = create_token(db.session, current_actor(), draft, now=now())
    except AppError as error:
        form.refuse(error)
        return _page(form), status_of(error)
    return _page(TokenForm(formdata=None), token=token)


@bp.post("/account/tokens/<int:token_id>/revoke")
@signed_in
def end_token(token_id: int) -> Response:
    """End one's own token."""
    with transaction(db.session):
        revoke_token(db.session, current_actor(), token_id, actor=current_actor(), now=now())
    flash("The token has ended.", "ok")
    return redirect(url_for("accounts.tokens"), code=303)


@bp.post("/admin/people/<int:person_id>/tokens/<int:token_id>/revoke")
@requires("people.manage", fresh=True)
def end_token_of(person_id: int, token_id: int) -> Response:
    """End somebody's token."""
    with transaction(db.session):
        target = get_person(db.session, person_id)
        revoke_token(db.session, target, token_id, actor=current_actor(), now=now())
    flash("The token has ended.", "ok")
    return redirect(url_for("accounts.person", person_id=person_id), code=303)


def _page(form: TokenForm, *, token: str | None = None) -> str:
    return render_template(
        "accounts/tokens.html",
        form=form,
        token=token,
        tokens=list_tokens(db.session, current_actor(), now=now()),
        words=SCOPE_WORDS,
        plain_form=ConfirmForm(formdata=None),
    )
