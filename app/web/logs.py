"""Logs as JSON lines: one per request, none with secrets, form contents or queries."""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Flask, g, has_request_context, request
from werkzeug.wrappers import Response

from app.extensions import db

access = logging.getLogger("waymark.access")

_EXTRAS = ("incident", "status", "milliseconds", "person", "job", "kind", "audit_head")


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _EXTRAS if hasattr(record, name)}
        if has_request_context():
            line |= {
                "request": g.get("request_id"),
                "method": request.method,
                "path": request.path,
                "endpoint": request.endpoint,
            }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def begin_request() -> None:
    """Give the request its number, which audit events repeat."""
    g.request_id = uuid4().hex
    db.session.info["request_id"] = g.request_id
    g.request_began = time.perf_counter()


def end_request(response: Response) -> Response:
    """Log one line about the answered request; static files are not worth one."""
    if request.endpoint != "static":
        began = g.get("request_began", time.perf_counter())
        signed_in = g.get("_login_user")
        access.info(
            "answered",
            extra={
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                "person": getattr(signed_in, "id", None) if signed_in else None,
            },
        )
    return response


def init_logs(app: Flask) -> None:
    """Send our loggers to standard error as JSON lines and number every request."""
    root = logging.getLogger("waymark")
    if app.config["ENVIRONMENT"] != "test" and not root.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter())
        root.addHandler(handler)
        root.propagate = False
    root.setLevel(app.config["LOG_LEVEL"].upper())
    app.before_request(begin_request)
    app.after_request(end_request)
