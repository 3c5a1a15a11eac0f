"""Signing in at an OpenID provider, and proving there anew who one is.

The provider sends browsers back by GET, so this one GET writes: the protocol knows no other way
that a browser carries our cookie on (docs/adr/019).
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from math import ceil

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from app.accounts.engine import Claims, Provider, ProviderFaultError, Wanted
from app.accounts.models import Factor
from app.accounts.presenters import too_many_returns_words
from app.accounts.queries import has_second_factor
from app.accounts.routes.blueprint import bp
from app.accounts.routes.sign_in import TOKEN, arrive, ask_for_code, log_refusal, this_device
from app.accounts.rules import STEP_UP
from app.accounts.services import (
    begin_return,
    forgive_return,
    identified_person,
    link_identity,
    renew_proof,
)
from app.db.session import transaction
from app.errors import NotAllowedError, NotFoundError
from app.extensions import db
from app.web.addresses import own_page
from app.web.clock import now
from app.web.guards import current_actor, public, signed_in
from app.web.rates import meter

ASKED = "asked_provider"
"""The cookie's name for what was asked of the provider and for which page."""

ASKED_FOR = timedelta(minutes=10)
PROVIDER = "oidc_provider"
ASKS_A_MINUTE = 60
"""How often a minute one address may be sent to the provider, in each server process."""

AWAY = "The sign-in at the provider did not succeed. Nothing was changed; try again."


def provider() -> Provider:
    """The provider of this installation; raises NotFoundError where there is none."""
    if PROVIDER not in current_app.extensions:
        current_app.extensions[PROVIDER] = Provider.of(current_app.config)
    found: Provider | None = current_app.extensions[PROVIDER]
    if found is None:
        raise NotFoundError("Nobody signs in at a provider here.")
    return found


@bp.get("/sign-in/provider")
@public
def ask_provider() -> Response:
    """Send the browser to the provider."""
    return _ask(again=False, page=own_page(request.args.get("next")) or "")


@bp.get("/account/confirm")
@signed_in
def ask_provider_again() -> Response:
    """Send the browser there to prove anew who is signed in."""
    return _ask(again=True, page="")


@bp.get("/sign-in/provider/return")
@public
def provider_answered() -> Response | str:
    """Take what the provider says of who comes back."""
    asked = session.pop(ASKED, None)
    try:
        claims = _claims(asked)
    except ProviderFaultError as fault:
        current_app.logger.warning("A sign-in at the provider was refused: %s", fault)
        flash(AWAY, "bad")
        return redirect(url_for("accounts.sign_in_page"), code=303)
    if asked["again"]:
        return _confirmed(claims)
    return _signed_in(claims, own_page(asked["page"]))


@bp.get("/sign-in/provider/out")
@public
def leave_provider() -> Response:
    """Send the browser to the provider's own sign-out."""
    back = f"{current_app.config['PUBLIC_URL']}{url_for('accounts.sign_in_page')}"
    _slow_down()
    try:
        address = provider().sign_out_address(back)
    except ProviderFaultError as fault:
        current_app.logger.warning("The provider's sign-out is not known: %s", fault)
        address = None
    return redirect(address or url_for("accounts.sign_in_page"), code=303)


def _ask(*, again: bool, page: str) -> Response:
    wanted = Wanted.new()
    _slow_down()
    try:
        address = provider().sign_in_address(wanted, again=again)
    except ProviderFaultError as fault:
        current_app.logger.warning("The provider can't be asked: %s", fault)
        flash("The provider does not answer. Try again in a moment.", "bad")
        return redirect(url_for("accounts.sign_in_page"), code=303)
    session[ASKED] = {
        "state": wanted.state,
        "nonce": wanted.nonce,
        "verifier": wanted.verifier,
        "at": int(now().timestamp()),
        "page": page,
        "again": again,
    }
    return redirect(address, code=303)


def _slow_down() -> None:
    """Refuse more requests a minute than one address may send."""
    if not meter().lets(f"provider {request.remote_addr}", ASKS_A_MINUTE):
        raise TooManyRequests("Wait a minute, then go to the provider again.", retry_after=60)


def _count_attempt() -> None:
    """Count who comes back before the provider is asked, as a password typed is counted."""
    with transaction(db.session):
        wait = begin_return(db.session, device=this_device(), now=now())
    if wait is not None:
        log_refusal("too often", "")
        seconds = ceil(wait.total_seconds())
        raise TooManyRequests(too_many_returns_words(seconds), retry_after=seconds)


def _claims(asked: object) -> Claims:
    """Who came back; raises ProviderFaultError, and TooManyRequests before it asks anybody."""
    if not isinstance(asked, dict):
        raise ProviderFaultError("Nothing was asked in this browser.")
    age = now().timestamp() - asked["at"]
    if not -5 <= age < ASKED_FOR.total_seconds():
        raise ProviderFaultError("It took too long.")
    state = request.args.get("state", "")
    if not hmac.compare_digest(state.encode("utf-8", "replace"), asked["state"].encode()):
        raise ProviderFaultError("another state")
    issuer = request.args.get("iss")
    if issuer is not None and issuer != provider().issuer:
        raise ProviderFaultError("another issuer answered")
    code = request.args.get("code", "")
    if not code:
        raise ProviderFaultError(f"It said {request.args.get('error', 'nothing')[:60]!r}.")
    _count_attempt()
    wanted = Wanted(asked["state"], asked["nonce"], asked["verifier"])
    max_age = timedelta(0) if asked["again"] else None
    claims = provider().claims(code, wanted, max_age=max_age, now=now())
    with transaction(db.session):
        forgive_return(db.session, device=this_device(), now=now())
    return claims


def _signed_in(claims: Claims, page: str | None) -> Response:
    """Sign in who is known or can be linked; a second factor of ours is asked for as ever."""
    try:
        person = identified_person(db.session, claims)
        if person is None:
            with transaction(db.session):
                person = link_identity(db.session, claims, now=now())
    except NotAllowedError as error:
        log_refusal("provider", f"{claims.issuer} {claims.subject}")
        flash(error.message, "bad")
        return redirect(url_for("accounts.sign_in_page"), code=303)
    if claims.has_second_factor:
        return arrive(person.id, Factor.PROVIDER_FACTOR, page)
    if has_second_factor(db.session, person):
        ask_for_code(person, next_page=page)
        return redirect(url_for("accounts.code_page"), code=303)
    return arrive(person.id, Factor.PROVIDER, page)


def _confirmed(claims: Claims) -> Response | str:
    """Note a fresh proof in the session of who proved it; nobody else's counts."""
    found = identified_person(db.session, claims)
    if not current_user.is_authenticated or found is None or found.id != current_actor().id:
        raise NotAllowedError("Somebody else signed in at the provider. Nothing was confirmed.")
    if g.sign_in.asks_for_factor and not claims.has_second_factor:
        raise NotAllowedError(
            "You signed in with a second factor, and the provider asked for none now. Nothing was"
            " confirmed."
        )
    with transaction(db.session):
        token = renew_proof(
            db.session,
            current_actor(),
            g.sign_in.id,
            device=this_device(),
            rotates=True,
            counted=0,
            now=now(),
        )
    session[TOKEN] = token
    return render_template("accounts/confirmed.html", minutes=STEP_UP.seconds // 60)
