"""Refusals as pages: one table maps each kind of error to its status and its words."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, current_app, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError
from werkzeug.wrappers import Response

from app.db.refusals import NO_SCHEMA, is_schema_missing
from app.errors import (
    AppError,
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    StaleError,
    UnavailableError,
)
from app.web.addresses import own_page
from app.web.paging import PastTheEndError
from app.web.problems import ADVICE, is_for_programs, problem

logger = logging.getLogger("waymark.errors")

STATUS = {
    NotFoundError: 404,
    NotAllowedError: 403,
    ConflictError: 409,
    InvalidError: 422,
    StaleError: 412,
    UnavailableError: 503,
}
RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Words:
    """What an error page says: a title, and what to do when the error itself says nothing."""

    title: str
    advice: str


WORDS = {
    400: Words("This request was not understood", "Go back, reload the page and try again."),
    401: Words("Sign in first", "Your session has ended, or you never signed in."),
    403: Words("You may not do this", "None of your roles allows this; an admin can change them."),
    404: Words("There is nothing here", "The address is wrong, or what it names was removed."),
    405: Words("This page can't be used that way", "Open the page and use its buttons."),
    409: Words("This can’t be done now", "It was changed meanwhile; look at it again."),
    412: Words("This is no longer what you looked at", "Reload the page and decide anew."),
    413: Words("This is too large", "Send a smaller file, or split it."),
    415: Words("This kind of content can't be read", "Send the page's own form."),
    422: Words("This can't be accepted", "Correct what is named and send it again."),
    429: Words("Too many attempts", "Wait a moment and try again."),
    500: Words(
        "Something went wrong on our side",
        "Nothing was changed. Try again; if it stays, tell an admin the incident number.",
    ),
    503: Words(
        "Waymark can't answer right now", "Nothing was changed. Try again in a few seconds."
    ),
}
"""Status → what the page says; the advice stands in for a message the error does not bring."""

TWO_VERSIONS = Words("Somebody else changed this", "Look at both versions and save again.")
"""What a conflict's page says where there are two versions of the same fields to look at."""

_FRAMELESS = frozenset({500, 503})
_SQLITE_OUTAGES = ("locked", "busy", "unable to open", "disk", "full", "readonly", "i/o error")


def status_of(error: AppError) -> int:
    """The HTTP status for a refusal."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)


def is_outage(error: SQLAlchemyError) -> bool:
    """Whether the database is down, locked or full, rather than our statement wrong."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    text = str(error.orig).lower()
    if "sqlite" in type(error.orig).__module__:
        return any(sign in text for sign in _SQLITE_OUTAGES)
    return True


def page(status: int, message: str | None = None, **details: object) -> Response:
    """Render the error page for ``status`` with ``message`` in place of the general advice."""
    words = WORDS.get(status, WORDS[400 if status < 500 else 500])
    if is_for_programs():
        title, advice = ADVICE.get(status, (words.title, words.advice))
        return _retried_later(
            problem(
                status,
                title,
                message or advice,
                fields=details.get("problems"),  # type: ignore[arg-type]
                incident=details.get("incident"),  # type: ignore[arg-type]
            )
        )
    values = {
        "status": status,
        "title": words.title,
        "message": message or words.advice,
        "advice": words.advice if message else None,
        **details,
    }
    return _retried_later(current_app.make_response((_render(status, values), status)))


def _retried_later(response: Response) -> Response:
    if response.status_code == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _render(status: int, values: dict[str, object]) -> str:
    """Render in the site's frame, or on a page of its own when the frame may fail as well."""
    if status not in _FRAMELESS and not isinstance(request.routing_exception, SecurityError):
        try:
            return render_template("errors/page.html", **values)
        except (SQLAlchemyError, TemplateError, RuntimeError):
            logger.exception("The error page failed in the site's frame.")
    # Without the frame's context: it would ask the database who is signed in, and fail again.
    return current_app.jinja_env.get_template("errors/bare.html").render(**values)


def refused(error: AppError) -> Response:
    """Answer a refusal by a service."""
    if isinstance(error, UnavailableError):
        logger.error("Unavailable: %s", error.message, exc_info=error)
    details: dict[str, object] = {}
    if isinstance(error, ConflictError) and not (error.yours or error.theirs):
        details |= {"advice": None, "back": _page_before()}
    elif isinstance(error, NotFoundError) and not error.is_of_address:
        details["advice"] = None
    elif isinstance(error, NotAllowedError):
        # What a service refuses need not be for want of a role: its own words say what it is.
        details |= {"advice": None, "back": _page_before()}
    elif isinstance(error, ConflictError):
        details |= {"title": TWO_VERSIONS.title, "advice": TWO_VERSIONS.advice}
        names = [*error.yours, *(name for name in error.theirs if name not in error.yours)]
        details["versions"] = [(n, error.theirs.get(n, ""), error.yours.get(n, "")) for n in names]
    if isinstance(error, InvalidError):
        details["problems"] = error.fields
    return page(status_of(error), error.message, **details)


def _page_before() -> str | None:
    """The page of ours somebody came from, to look at it again."""
    came_from = request.referrer or ""
    return own_page(came_from.removeprefix(request.host_url.rstrip("/")))


def http_refused(error: HTTPException) -> Response:
    """Answer an HTTP error in words; redirects and ready responses pass through."""
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    is_plain = isinstance(error, SecurityError)  # its words repeat the foreign host's name
    own_words = not is_plain and type(error).description != error.description
    response = page(error.code, error.description if own_words else _too_large(error))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    retry_after = getattr(error, "retry_after", None)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _too_large(error: HTTPException) -> str | None:
    """How much may be sent to this address at once, where that is why it was refused."""
    most, sent = request.max_content_length, request.content_length
    if error.code != 413 or most is None or (sent is not None and sent <= most):
        return None
    return f"At most {most / 2**20:,.3g} MB can be sent here at once."


def form_is_foreign(error: CSRFError) -> Response:
    """Answer a form whose CSRF token is missing or old."""
    logger.info("CSRF refused: %s", error.description)
    return page(
        400, "This form is out of date or came from elsewhere. Go back, reload and send again."
    )


def changed_meanwhile(_: StaleDataError) -> Response:
    return page(409)


def past_the_end(error: PastTheEndError) -> Response:
    """Lead from a page that a list does not have any more to its last one."""
    asked = request.args.copy()
    asked[error.name] = str(error.last)
    return redirect(f"{request.path}?{urlencode(list(asked.items(multi=True)))}", code=303)


def database_failed(error: SQLAlchemyError) -> Response:
    """Answer 503 while the database is away or empty and 500 when it refused what we asked."""
    if isinstance(error, DBAPIError) and is_schema_missing(error):
        logger.error(NO_SCHEMA, exc_info=error)
        return page(503, NO_SCHEMA)
    if not is_outage(error):
        return unexpected(error)
    logger.error("The database does not answer: %s", type(error).__name__, exc_info=error)
    return page(503)


def unexpected(error: Exception) -> Response:
    """Answer what nobody foresaw: an incident number on the page, the trace in the log only."""
    incident = secrets.token_hex(4)
    logger.error("Incident %s", incident, exc_info=error, extra={"incident": incident})
    return page(500, incident=incident)


def init_errors(app: Flask) -> None:
    app.register_error_handler(AppError, refused)
    app.register_error_handler(HTTPException, http_refused)
    app.register_error_handler(CSRFError, form_is_foreign)
    app.register_error_handler(StaleDataError, changed_meanwhile)
    app.register_error_handler(PastTheEndError, past_the_end)
    app.register_error_handler(SQLAlchemyError, database_failed)
    app.register_error_handler(Exception, unexpected)
