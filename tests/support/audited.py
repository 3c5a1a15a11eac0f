"""Watch that nothing a request changes stays without an event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import has_request_context, request
from sqlalchemy import Connection, Engine, event

NO_EVENT = frozenset(
    {
        "sign_in_sessions",  # when somebody was last seen
        "sign_in_throttles",  # failed sign-ins: nobody acted yet
        "request_keys",  # that a form was sent
        "second_factors",  # that a code was used, before it is known whether somebody gets in
        "recovery_codes",  # likewise
        "api_tokens",  # when a token was last used
        "reset_requests",  # that somebody asked for a link, whoever they are
    }
)
"""Tables that may change on their own; every other change has its event in its transaction."""

EVENTS = "audit_events"
_WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
_WRITTEN = "written_in_this_transaction"


@contextmanager
def watched_requests() -> Iterator[list[str]]:
    """Collect a sentence for each transaction of a request that changed something unrecorded."""
    silent: list[str] = []

    def note(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        found = _WRITE.match(statement)
        if found and has_request_context():
            connection.info.setdefault(_WRITTEN, set()).add(found[1].lower())

    def judge(connection: Connection) -> None:
        written = connection.info.pop(_WRITTEN, set())
        if EVENTS not in written and written - NO_EVENT and has_request_context():
            tables = ", ".join(sorted(written - NO_EVENT))
            silent.append(f"{request.method} {request.path} changed {tables} without an event")

    def forget(connection: Connection) -> None:
        connection.info.pop(_WRITTEN, None)

    listeners = (("before_cursor_execute", note), ("commit", judge), ("rollback", forget))
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    try:
        yield silent
    finally:
        for name, listener in listeners:
            event.remove(Engine, name, listener)
