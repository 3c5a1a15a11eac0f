"""A test client as strict as a careful reviewer: HTML that parses, GET that never writes."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event

from tests.support.pages import ReadableResponse
from tests.support.sound_html import SOUND_PAGES

_WRITE = re.compile(r"^\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
_MAY_CHANGE_ON_GET = {"sign_in_sessions", "api_tokens"}  # when somebody was last seen
_CSRF = "0" * 40


class StrictClient(FlaskClient):
    """A client that sends the CSRF token by itself and fails on what no page may do.

    Every response gets `queries`, the SQL it took. Pass `csrf=False` to send a form without token
    and `loose=True` to look at a page without the checks.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.response_wrapper = type("Page", (ReadableResponse, self.response_wrapper), {})

    def open(self, *args: Any, csrf: bool = True, loose: bool = False, **kwargs: Any) -> Any:
        self._settle_test_session()
        method = str(kwargs.get("method", "GET")).upper()
        if csrf and method not in {"GET", "HEAD", "OPTIONS"} and not kwargs.get("json"):
            data = kwargs.get("data")
            if data is None or isinstance(data, dict):
                kwargs["data"] = {"csrf_token": self.csrf_token(), **(data or {})}
        kwargs.setdefault("buffered", True)  # a streamed answer ends here, not when forgotten
        statements: list[str] = []
        engine = self._engine()
        event.listen(engine, "before_cursor_execute", _recorder := _record_into(statements))
        try:
            response: Any = super().open(*args, **kwargs)
        finally:
            event.remove(engine, "before_cursor_execute", _recorder)
        self._settle_test_session()
        response.queries = [s for s in statements if not s.startswith(("PRAGMA", "BEGIN"))]
        if not loose:
            _check_reading(method, response)
            _check_html(response)
        return response

    def csrf_token(self) -> str:
        """Return a token the application accepts from this client."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", _CSRF)
        secret = str(self.application.secret_key)
        return str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(raw))

    def _engine(self) -> Any:
        with self.application.app_context():
            return self.application.extensions["sqlalchemy"].engine

    def _settle_test_session(self) -> None:
        """Let go of what the test's own session has read, so that it sees what requests change."""
        session = self.application.config.get("TEST_SESSION")
        if session is None:
            return
        assert not (session.new or session.dirty or session.deleted), (
            "The test has changes that were not committed; wrap them in transaction(session)."
        )
        session.rollback()


def _record_into(statements: list[str]) -> Any:
    def record(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    return record


def _check_reading(method: str, response: Any) -> None:
    if method not in {"GET", "HEAD"}:
        return
    for statement in response.queries:
        found = _WRITE.match(statement)
        assert not found or found[2] in _MAY_CHANGE_ON_GET, f"A GET wrote: {statement}"


def _check_html(response: Any) -> None:
    if response.mimetype != "text/html" or response.status_code in {301, 302, 303, 307, 308}:
        return
    found = SOUND_PAGES.mistakes(response.get_data(as_text=True))
    assert not found, f"{response.request.path} is not sound HTML: {found[:8]}"
