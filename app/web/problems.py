"""Refusals for programs, as problem details after RFC 9457."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import g, request
from werkzeug.wrappers import Response

FOR_PROGRAMS = "/api/"
"""Addresses that begin like this are asked by programs."""


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
