"""Signing in and out, and finding out who a request's cookie belongs to."""

from __future__ import annotations

import hmac
import logging
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from flask import (
    Flask,
    Request,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from app.accounts.forms import SignInForm
from app.accounts.models import Factor, Person
from app.accounts.presenters import too_many_words
from app.accounts.queries import (
    FoundSignIn,
    find_sign_in,
    get_person,
    has_second_factor,
    list_people,
)
from app.accounts.routes.blueprint import bp
from app.accounts.routes.tokens import load_by_token
from app.accounts.rules import (
    FACTOR_REFUSAL,
    KNOWN_FOR,
    PASSWORD_REFUSAL,
    TOKEN_GRACE,
    SessionLimits,
    lacks_second_factor,
    role_refusal,
    scope_refusal,
    session_is_over,
)
from app.accounts.services import (
    SignInDevice,
    begin_attempt,
    close_session,
    network_of,
    password_matches,
    sign_in_person,
    token_hash,
    touch_session,
    touch_token,
)
from app.db.secret_box import SecretBox
from app.db.session import transaction
from app.errors import UnavailableError
from app.extensions import db, login_manager
from app.web import typed
from app.web.addresses import own_page
from app.web.clock import now
from app.web.guards import EXPLAINER, current_actor, public, signed_in, takes_token

logger = logging.getLogger("waymark.accounts")

TOKEN = "sign_in"
"""The cookie's name for the session's random token."""

PERSON = "signed_in_person"
"""The cookie's name for who signed in last, which outlives the session's row; it opens nothing."""

PENDING = "half_signed_in"
"""The cookie's name for whose password was right and whose code is still missing."""

TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """The session of this request; not current: by the token replaced just now."""

    id: int
    seen_at: datetime
    confirmed_at: datetime
    is_current: bool
    has_factor: bool
    is_of_provider: bool = False
    used_theirs: bool = False

    @property
    def asks_for_factor(self) -> bool:
        """Whether a proof takes a second factor: their own, or the provider's they came with."""
        return self.has_factor or self.used_theirs


def session_limits() -> SessionLimits:
    """How long sign-ins last here."""
    config = current_app.config
    return SessionLimits(
        absolute=timedelta(hours=config["SESSION_HOURS"]),
        idle=timedelta(minutes=config["IDLE_MINUTES"]),
        idle_sensitive=timedelta(minutes=config["IDLE_MINUTES_SENSITIVE"]),
    )


def this_device() -> SignInDevice:
    """Where this request comes from, and the secret its browser is known by if it brings one."""
    return SignInDevice(
        address=request.remote_addr or "unknown",
        browser=(request.headers.get("User-Agent") or "unknown").replace("\x00", ""),
        token=request.cookies.get(current_app.config["DEVICE_COOKIE_NAME"]) or None,
    )


def known_device() -> SignInDevice:
    """The same for somebody who proved who they are: their browser gets a secret."""
    device = this_device()
    return replace(device, token=device.token or secrets.token_urlsafe(32))


def secret_box() -> SecretBox:
    """What seals the secrets of second factors here."""
    config = current_app.config
    return SecretBox((config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"]))


def judge_factor(person: Person, *, has_factor: bool) -> None:
    """Bar a person from everything but their account where a second factor is missing."""
    person.lacks_second_factor = lacks_second_factor(
        person.held_roles,
        has_factor=has_factor,
        has_short_password=person.has_short_password,
        is_required=current_app.config["REQUIRE_SECOND_FACTOR"],
    )


def load_signed_in(_: Request) -> Person | None:
    """The person whose session the cookie's token opens, if that session still runs.

    Views for programs take a token of their own and no cookie.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and takes_token(view):
        if (person := load_by_token()) is not None:
            judge_factor(person, has_factor=g.has_factor)
        return person
    found = _find_sign_in()
    if found is None:
        return None
    kept, person, has_factor, person_sees_demo = found
    over = session_is_over(
        created_at=kept.created_at,
        seen_at=kept.seen_at,
        roles=person.held_roles,
        limits=session_limits(),
        now=now(),
    )
    is_current = kept.token_hash == token_hash(session[TOKEN])
    replaced = not is_current and now() - kept.confirmed_at > TOKEN_GRACE
    if over or replaced or not person.is_active:
        return None
    judge_factor(person, has_factor=has_factor or kept.factor is Factor.PROVIDER_FACTOR)
    person.sees_demo = person_sees_demo
    g.sign_in = OpenSession(
        kept.id, kept.seen_at, kept.confirmed_at, is_current, has_factor,
        is_of_provider=kept.factor.is_of_provider,
        used_theirs=kept.factor is Factor.PROVIDER_FACTOR,
    )  # fmt: skip
    return person


def ended_person() -> int | None:
    """Whose session this browser's cookie stands for, though it has ended, by time or by somebody.

    None for who signed out here, has another password since or can't sign in, and for forms with
    passwords.
    """
    if request.blueprint == bp.name:
        return None
    if (found := _find_sign_in()) is not None:
        return found[1].id if found[1].is_active else None
    held = session.get(PERSON)
    if not isinstance(held, dict):
        return None
    person = db.session.get(Person, held["id"])
    if person is None or not person.is_active:
        return None
    return person.id if password_mark(person) == held["mark"] else None


def _find_sign_in() -> FoundSignIn | None:
    token = session.get(TOKEN)
    return find_sign_in(db.session, token_hash(token)) if isinstance(token, str) else None


def keep_session_alive() -> None:
    """Note once a minute that the session is in use; a locked database is no reason to fail."""
    if request.endpoint in (None, "static") or request.blueprint == "health":
        return  # health is asked by machines, and must not wait for the database
    if not current_user.is_authenticated:
        return
    seen_at = g.token.last_used_at if "token" in g else g.sign_in.seen_at
    if seen_at is not None and now() - seen_at < TOUCH_EVERY:
        return
    try:
        with transaction(db.session):
            if "token" in g:
                touch_token(db.session, g.token.id, now=now())
            else:
                touch_session(db.session, g.sign_in.id, now=now())
    except UnavailableError:
        current_app.logger.info("A session's last use could not be noted.")


def begin_session(person: Person, token: str) -> None:
    """Put the new token into a fresh cookie, which still knows of a form sent too late."""
    key = session.get(typed.COOKIE)
    session.clear()
    session[TOKEN] = token
    session[PERSON] = {"id": person.id, "mark": password_mark(person)}
    if key is not None:
        session[typed.COOKIE] = key
    g._login_user = person


@bp.get("/sign-in")
@public
def sign_in_page() -> str | Response:
    """Show the sign-in form."""
    if current_user.is_authenticated:
        wanted = own_page(request.args.get("next"))
        return redirect(wanted or landing_page(current_actor()), code=303)
    form = SignInForm(next=own_page(request.args.get("next")) or "")
    return _sign_in_page(form)


@bp.post("/sign-in")
@public
def sign_in() -> str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Sign somebody in."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form), 422
    if not current_app.config["PASSWORD_SIGN_IN"]:
        form.form_errors = ["Passwords are switched off here; sign in at the provider."]
        return _sign_in_page(form), 422
    email, password = form.email.data, form.password.data
    with transaction(db.session):
        wait = begin_attempt(db.session, email=email, device=this_device(), now=now())
    if wait is not None:
        log_refusal("too often", email)
        seconds = ceil(wait.total_seconds())
        form.form_errors = [too_many_words(seconds)]
        return _sign_in_page(form), TooManyRequests.code, {"Retry-After": str(seconds)}
    person = password_matches(db.session, email=email, password=password)
    if person is None:
        log_refusal("password", email)
        form.form_errors = ["The e-mail address or the password is wrong."]
        return _sign_in_page(form), 422
    if has_second_factor(db.session, person):
        ask_for_code(person, next_page=form.next.data)
        return redirect(url_for("accounts.code_page"), code=303)
    return arrive(person.id, Factor.PASSWORD, own_page(form.next.data))


def arrive(person_id: int, factor: Factor, wanted: str | None) -> Response:
    """Open a session for somebody who proved who they are, and lead them on."""
    device = known_device()
    with transaction(db.session):
        person = get_person(db.session, person_id)
        token = sign_in_person(
            db.session, person, device=device, replaces=session.get(TOKEN),
            factor=factor, now=now(),
        )  # fmt: skip
    begin_session(person, token)
    judge_factor(person, has_factor=factor not in (Factor.PASSWORD, Factor.PROVIDER))
    wanted = None if person.opens_only_account else wanted
    return remember(device, redirect(wanted or landing_page(person), code=303))


def remember(device: SignInDevice, response: Response) -> Response:
    """Let the browser keep the secret it is known by."""
    config = current_app.config
    response.set_cookie(
        config["DEVICE_COOKIE_NAME"],
        device.token or "",
        max_age=KNOWN_FOR,
        secure=config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def log_refusal(why: str, email: str) -> None:
    """Write into the log that somebody was not let in, told apart by what nobody can read back.

    The same account and the same network look the same in every line; who it is stays hidden.
    """
    key = current_app.config["SECRET_KEY"].encode()

    def blurred(text: str) -> str:
        return hmac.digest(key, b"refused\n" + text.encode("utf-8", "replace"), "sha256").hex()[:12]

    where = {"account": blurred(email.strip().lower()), "network": blurred(this_network())}
    logger.warning("A sign-in was refused.", extra={"why": why, **where})


def this_network() -> str:
    """The network this request comes from."""
    return network_of(request.remote_addr or "unknown")


def ask_for_code(person: Person, *, next_page: str | None) -> None:
    """Note in the signed cookie whose password was right a moment ago."""
    session[PENDING] = {
        "person": person.id,
        "mark": password_mark(person),
        "at": int(now().timestamp()),
        "next": own_page(next_page) or "",
    }


def password_mark(person: Person) -> str:
    """What tells whether a password was changed meanwhile, without telling anything about it."""
    return token_hash(person.password_hash)[:16]


@bp.post("/sign-out")
@signed_in
def sign_out() -> Response:
    """End this browser's session."""
    typed.forget_typed()
    left = "1" if g.sign_in.is_of_provider else None
    with transaction(db.session):
        close_session(db.session, session[TOKEN], actor=current_actor(), now=now())
    session.clear()
    return redirect(url_for("accounts.sign_in_page", left=left), code=303)


def landing_page(person: Person) -> str:
    """Where people arrive: the home page, or their account while they have no role."""
    return (own_page("/") if person.roles else None) or url_for("accounts.account")


def _sign_in_page(form: SignInForm) -> str:
    demo = current_app.config["DEMO"]
    people = [p for p in list_people(db.session) if p.is_active and p.roles] if demo else []
    ended = request.args.get("ended", "")
    return render_template(
        "accounts/sign_in.html",
        form=form,
        demo_people=people,
        ended=ended,
        left="left" in request.args,
    )


def _why_not(permission: str, person: Person) -> str:
    if person.must_change_password:
        return PASSWORD_REFUSAL
    if person.lacks_second_factor:
        return FACTOR_REFUSAL
    if person.token_id and permission not in person.scoped_permissions:
        return scope_refusal(permission)
    return role_refusal(permission, person.roles)


def init_sign_in(app: Flask) -> None:
    """Let Flask-Login find people by their session row."""
    login_manager.init_app(app)
    login_manager.request_loader(load_signed_in)
    app.before_request(keep_session_alive)
    app.extensions[EXPLAINER] = _why_not
    typed.init_typed(app, ended_person)
