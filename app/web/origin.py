"""A second lock beside the CSRF token: what the browser says about where a request comes from."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import BadRequest

from app.web.guards import SAFE_METHODS

_OWN = frozenset({"same-origin", "none"})


def refuse_foreign_origin() -> None:
    """Refuse a mutation that another site, or another origin of this site, started."""
    if request.method in SAFE_METHODS or request.routing_exception is not None:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site.lower() not in _OWN:
        raise BadRequest("Another site sent this form; open the page here and try again.")
    origin = request.headers.get("Origin")
    if site is None and origin is not None and urlsplit(origin).netloc != request.host:
        raise BadRequest("Another site sent this form; open the page here and try again.")


def init_origin_check(app: Flask) -> None:
    app.before_request(refuse_foreign_origin)
