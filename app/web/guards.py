"""Who may call a route: every view declares a policy, and what declares none is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, current_app, g, has_request_context, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import Forbidden, HTTPException, Unauthorized
from werkzeug.wrappers import Response

from app.web.typed import keep_typed

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed in"
POLICY_ATTRIBUTE = "access_policy"
FRESH_ATTRIBUTE = "asks_for_fresh_proof"
WORDS_ATTRIBUTE = "says_in_words"
COSTS_ATTRIBUTE = "is_about_costs"
COSTS = "costs.see"
COSTS_HIDDEN = (
    "Money is hidden from you, and this is about money. An admin can show it to you on the page of"
    " your account."
)
TOKEN_ATTRIBUTE = "takes_token"
EXPLAINER = "permission_explainer"
"""Where `app.extensions` keeps the function (permission, person) → why not, as a sentence."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Actor(Protocol):
    """What guards need of the person who is signed in."""

    id: int
    opens_only_account: bool

    def may(self, permission: str) -> bool: ...


def requires(permission: str, *, fresh: bool = False) -> Callable[[View], View]:
    """Declare that a view is for people whose roles give ``permission`` at this moment.

    ``fresh``: they must have proved who they are a few minutes ago, see `freshly`.
    """

    def declare(view: View) -> View:
        setattr(view, POLICY_ATTRIBUTE, permission)
        return freshly(view) if fresh else view

    return declare


def freshly(view: View) -> View:
    """Declare that a view changes something only for who proved a few minutes ago who they are.

    The accounts package asks for the proof and carries the form over it (docs/adr/012).
    """
    setattr(view, FRESH_ATTRIBUTE, True)
    return view


def asks_for_fresh_proof(view: Callable[..., Any]) -> bool:
    """Whether a view is declared `freshly`."""
    return getattr(view, FRESH_ATTRIBUTE, False)


def says(words: Callable[..., str | None]) -> Callable[[View], View]:
    """Declare how a view says what it is about to do, for whoever is asked for a proof first.

    ``words`` gets the arguments of the address and reads the form; None leaves it unsaid.
    """

    def declare(view: View) -> View:
        setattr(view, WORDS_ATTRIBUTE, words)
        return view

    return declare


def words_of(view: Callable[..., Any], arguments: Mapping[str, Any]) -> str | None:
    """What a view is about to do, None where it declares no words or there is nothing to say."""
    words: Callable[..., str | None] | None = getattr(view, WORDS_ATTRIBUTE, None)
    return words(**arguments) if words is not None else None


def public(view: View) -> View:
    """Declare that anyone may call a view, signed in or not."""
    setattr(view, POLICY_ATTRIBUTE, PUBLIC)
    return view


def signed_in(view: View) -> View:
    """Declare that everyone who is signed in may call a view: it shows only their own things."""
    setattr(view, POLICY_ATTRIBUTE, SIGNED_IN)
    return view


def about_costs(view: View) -> View:
    """Declare that a view is about money as such, so that who may not see costs can't open it.

    Other pages open and show a dash where money would stand (`app.web.filters.money`).
    """
    setattr(view, COSTS_ATTRIBUTE, True)
    return view


def is_about_costs(view: Callable[..., Any]) -> bool:
    """Whether a view is declared `about_costs`."""
    return getattr(view, COSTS_ATTRIBUTE, False)


def by_token(view: View) -> View:
    """Declare that a view is for programs: it takes a token and never a cookie."""
    setattr(view, TOKEN_ATTRIBUTE, True)
    return view


def takes_token(view: Callable[..., Any]) -> bool:
    """Whether a view is declared `by_token`."""
    return getattr(view, TOKEN_ATTRIBUTE, False)


def policy_of(view: Callable[..., Any]) -> str | None:
    """The policy a view declares: a permission, PUBLIC, SIGNED_IN, or None."""
    return getattr(view, POLICY_ATTRIBUTE, None)


def current_actor() -> Any:
    """The person who is signed in, as the services' ``actor``; raises Unauthorized."""
    if not current_user.is_authenticated:
        raise Unauthorized()
    return current_user._get_current_object()


def may(permission: str) -> bool:
    """Whether the person looking at the page has ``permission``."""
    return bool(current_user.is_authenticated and current_user.may(permission))


def may_open(endpoint: str) -> bool:
    """Whether this build has the view and it opens to the person looking at the page."""
    view = current_app.view_functions.get(endpoint)
    policy = policy_of(view) if view is not None else None
    if view is None or policy is None:
        return False
    is_free = policy == PUBLIC or (policy == SIGNED_IN and current_user.is_authenticated)
    return (is_free or may(policy)) and not (is_about_costs(view) and costs_are_hidden())


def costs_are_hidden() -> bool:
    """Whether the person looking at the page may not see money; nobody looks outside requests."""
    if not has_request_context():
        return False
    known: bool | None = g.get("costs_are_hidden")
    if known is None:
        if not hasattr(current_app, "login_manager"):
            return False
        known = bool(current_user.is_authenticated and not current_user.may(COSTS))
        g.costs_are_hidden = known
    return known


def is_shut(address: str) -> bool:
    """Whether an address of ours is about costs, which the person looking may not see."""
    if not costs_are_hidden():
        return False
    try:
        adapter = current_app.url_map.bind(request.host)
        endpoint, _ = adapter.match(address.partition("?")[0], method="GET")
    except HTTPException:
        return False
    return is_about_costs(current_app.view_functions[endpoint])


def refuse_what_is_not_allowed() -> Response | None:
    """Refuse the request unless its view's policy lets this person in."""
    if request.endpoint is None or request.routing_exception is not None:
        return None
    view = current_app.view_functions[request.endpoint]
    policy = policy_of(view)
    if policy == PUBLIC:
        return None
    if policy is None:
        raise Forbidden("This page declares no access rule, so nobody may open it.")
    if not current_user.is_authenticated:
        if takes_token(view):
            raise Unauthorized("Send a token that is in force: Authorization: Bearer wm_…")
        return _ask_to_sign_in()
    if policy != SIGNED_IN and not cast(Actor, current_user).may(policy):
        only_account = current_actor().opens_only_account and not takes_token(view)
        if only_account and request.method in SAFE_METHODS:
            return redirect(url_for("accounts.account"), code=303)
        raise Forbidden(_refusal(policy))
    if is_about_costs(view) and costs_are_hidden():
        raise Forbidden(COSTS_HIDDEN)
    return None


def _refusal(permission: str) -> str:
    """Why this person may not, in the words of the domain that knows roles."""
    explain: Callable[[str, Any], str] | None = current_app.extensions.get(EXPLAINER)
    if explain is None:
        return "None of your roles allows this."
    return explain(permission, current_actor())


def _ask_to_sign_in() -> Response:
    if request.method not in SAFE_METHODS:
        if (kept := keep_typed()) is not None:
            return kept
        raise Unauthorized("Sign in first; what you sent was not carried out.")
    if "HX-Request" in request.headers:
        # A part of a page would show the sign-in form in itself, so the whole page is loaded anew.
        return Response("Sign in first.", 401, {"HX-Refresh": "true"}, mimetype="text/plain")
    query = request.query_string.decode("ascii", "replace")
    wanted = request.path + (f"?{query}" if query else "")
    return redirect(url_for("accounts.sign_in_page", next=wanted), code=303)


def init_guards(app: Flask) -> None:
    """Bind the default-deny check; static files are public."""
    setattr(app.view_functions["static"], POLICY_ATTRIBUTE, PUBLIC)
    app.before_request(refuse_what_is_not_allowed)
    app.jinja_env.globals["may"] = may
    app.jinja_env.globals["costs_are_hidden"] = costs_are_hidden
    app.jinja_env.globals["is_shut"] = is_shut
