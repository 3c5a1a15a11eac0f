"""Refusals for programs, as problem details after RFC 9457."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import g, request
from werkzeug.wrappers import Response

FOR_PROGRAMS = "/api/"
"""Addresses that begin like this are asked by programs."""


ADVICE = {
    400: ("This request was not understood", "Send it as the document at openapi.json describes."),
    401: ("No token that is in force", "Send a token that is in force: Authorization: Bearer wm_…"),
    405: ("This address takes another method", "See the document at openapi.json."),
    412: ("This is no longer what was looked at", "Read it again and decide anew."),
    413: ("This is too large", "Send less at once."),
    415: ("This kind of content can't be read", "Send the body as application/json."),
    429: ("Too many requests", "Wait as long as Retry-After says."),
    500: (
        "Something went wrong on our side",
        "Nothing was changed. Send it again with the same key; if it stays, tell an admin the"
        " incident.",
    ),
}
"""Status → title and advice for programs, where a page would speak of itself."""


def is_for_programs() -> bool:
    """Whether a program asks, which gets no page."""
    return request.path.startswith(FOR_PROGRAMS)


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    fields: Mapping[str, str] | None = None,
    incident: str | None = None,
) -> Response:
    """One shape for all: ``errors`` names fields, ``request`` is what the log calls it by."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "request": g.get("request_id"),
    }
    if fields:
        body["errors"] = [{"field": name, "message": text} for name, text in fields.items()]
    if incident:
        body["incident"] = incident
    response = Response(json.dumps(body), status, mimetype="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Waymark"'
    return response
