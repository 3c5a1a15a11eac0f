"""One's days as a calendar other programs subscribe to, by a secret address."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flask import abort, current_app, make_response, request, url_for
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from app.accounts.queries import find_feed_person
from app.accounts.services import token_hash
from app.extensions import db
from app.reporting.exports.feed import calendar_text
from app.reporting.queries.feed import list_entries
from app.reporting.routes.blueprint import bp
from app.reporting.rules import Entry
from app.web.clock import today
from app.web.guards import public
from app.web.rates import meter

ASKS_A_MINUTE = 20
WRONG_A_MINUTE = 30


@bp.get("/calendar/feed/<token>.ics")
@public
def feed(token: str) -> Response:
    """Give the calendar of whoever made the address; anybody who knows it may read it."""
    person = find_feed_person(db.session, token_hash(token))
    if person is None:
        if not meter().lets(f"wrong feed {request.remote_addr}", WRONG_A_MINUTE):
            raise TooManyRequests("Too many wrong addresses. Wait a minute.", retry_after=60)
        abort(404)
    if not meter().lets(f"feed {person.id}", ASKS_A_MINUTE):
        raise TooManyRequests("Too many requests in this minute.", retry_after=60)
    entries = list_entries(db.session, person, today=today())
    site = current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")
    body = calendar_text(
        entries, host=urlsplit(site).hostname or "waymark", address=lambda one: _page(site, one)
    )
    response = make_response(body)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(sha256(body).hexdigest())
    if entries:
        response.last_modified = max(one.stamped_at for one in entries)
    return response.make_conditional(request)


def _page(site: str, one: Entry) -> str:
    values: dict[str, Any] = dict([one.place])
    return f"{site}{url_for(one.endpoint, **values)}"
