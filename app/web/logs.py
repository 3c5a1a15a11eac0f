"""Logs as JSON lines: one per request, none with secrets, form contents or queries."""

from __future__ import annotations

import logging
import sys
import time
from uuid import uuid4

from flask import Flask, g, request
from sqlalchemy import inspect
from werkzeug.wrappers import Response

from app.extensions import db
from app.web.json_lines import JsonFormatter
from app.web.metrics import observe_request

access = logging.getLogger("waymark.access")


def begin_request() -> None:
    """Give the request its number, which audit events repeat."""
    g.request_id = uuid4().hex
    db.session.info["request_id"] = g.request_id
    g.request_began = time.perf_counter()


def end_request(response: Response) -> Response:
    """Log one line about the answered request; static files are not worth one."""
    if request.endpoint != "static":
        seconds = time.perf_counter() - g.get("request_began", time.perf_counter())
        observe_request(request.endpoint, request.method, response.status_code, seconds)
        access.info(
            "answered",
            extra={
                "status": response.status_code,
                "milliseconds": round(seconds * 1000, 1),
                "person": _signed_in_id(),
            },
        )
    return response


def _signed_in_id() -> int | None:
    """Who asked, without asking the database: it may be the one thing that is away."""
    known = inspect(g.get("_login_user"), raiseerr=False)
    identity = known.identity if known is not None else None
    return int(identity[0]) if identity else None


def init_logs(app: Flask) -> None:
    """Send every log, libraries' and warnings too, to standard error; number every request."""
    if app.config["ENVIRONMENT"] != "test":
        _write_json_lines()
    logging.getLogger("waymark").setLevel(app.config["LOG_LEVEL"].upper())
    app.before_request(begin_request)
    app.after_request(end_request)


def _write_json_lines() -> None:
    root = logging.getLogger()
    if not any(isinstance(handler.formatter, JsonFormatter) for handler in root.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter())
        root.addHandler(handler)
    logging.captureWarnings(True)
