"""A log record as one line of JSON, for our own loggers and for gunicorn's.

It stands apart from the rest of the package: gunicorn's first process loads it too, and must not
keep old code of ours for the workers it starts after a release.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from flask import g, has_app_context, has_request_context, request

_EXTRAS = (
    "incident",
    "status",
    "milliseconds",
    "person",
    "job",
    "kind",
    "audit_head",
    "mail",
    "request",
    "why",
    "account",
    "network",
)


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
        if has_app_context() and "job" in g:
            line |= {"job": g.job, "request": g.get("request_id")}
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
