"""Log lines are JSON, one per request, and hold no secrets."""

from __future__ import annotations

import json
import logging

import pytest
from flask import Flask, Response, g
from sqlalchemy.orm import Session

from app.web.json_lines import JsonFormatter
from app.web.logs import end_request
from tests.factories.accounts import Cast
from tests.support.client import StrictClient


class TestLogs:
    def test_say_what_was_answered_and_nothing_that_was_typed(
        self, app: Flask, client: StrictClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, logger="waymark"):
            data = {"email": "who@waymark.test", "password": "very secret words"}
            response = client.post("/sign-in?next=/secret-place", data=data)
        formatter = JsonFormatter()
        lines = [formatter.format(record) for record in caplog.records]
        text = "\n".join(lines)
        assert "secret" not in text
        assert "who@" not in text
        access = next(r for r in caplog.records if r.name == "waymark.access")
        line = json.loads(formatter.format(access))
        assert line["status"] == response.status_code == 422
        assert line["milliseconds"] >= 0

    def test_tell_refused_sign_ins_apart_without_saying_whose(
        self, app: Flask, client: StrictClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, logger="waymark"):
            for email in ("who@waymark.test", " WHO@waymark.test", "else@waymark.test"):
                client.post("/sign-in", data={"email": email, "password": "very secret words"})
        refused = [one for one in caplog.records if one.name == "waymark.accounts"]
        lines = [json.loads(JsonFormatter().format(one)) for one in refused]
        assert [one["why"] for one in lines] == ["password"] * 3
        assert len({one["account"] for one in lines}) == 2
        assert len({one["network"] for one in lines}) == 1
        assert "waymark.test" not in str(lines) and "127.0.0" not in str(lines)

    def test_say_who_asked_though_the_database_is_gone_by_then(
        self, app: Flask, session: Session, cast: Cast, caplog: pytest.LogCaptureFixture
    ) -> None:
        known = cast.lead.id
        with app.test_request_context("/"), caplog.at_level(logging.INFO, logger="waymark"):
            session.expire(cast.lead)  # as a transaction that failed leaves everything read before
            session.expunge(cast.lead)
            g._login_user = cast.lead
            assert end_request(Response()).status_code == 200
        access = next(one for one in caplog.records if one.name == "waymark.access")
        assert json.loads(JsonFormatter().format(access))["person"] == known

    def test_are_numbered_as_the_answer_is(self, app: Flask) -> None:
        with app.test_request_context("/sign-in?x=1"):
            app.preprocess_request()
            record = logging.LogRecord("waymark", logging.INFO, "", 0, "hello", (), None)
            line = json.loads(JsonFormatter().format(record))
        assert (line["path"], line["message"]) == ("/sign-in", "hello")
        assert len(line["request"]) == 32

    def test_keep_the_trace_of_an_incident_on_one_line(self) -> None:
        try:
            raise ValueError("no\nway")
        except ValueError as error:
            info = (type(error), error, error.__traceback__)
        record = logging.LogRecord("waymark", logging.ERROR, "", 0, "Incident", (), info)
        written = JsonFormatter().format(record)
        assert "\n" not in written
        assert "ValueError" in json.loads(written)["trace"]


class TestParts:
    def test_of_a_page_load_the_whole_page_when_the_session_has_ended(
        self, client: StrictClient
    ) -> None:
        response = client.get("/account", headers={"HX-Request": "true"})
        assert response.status_code == 401
        assert response.headers["HX-Refresh"] == "true"
