"""Refusals are pages in words, and what nobody foresaw shows a number instead of a trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.accounts.routes.sign_in import TOKEN
from app.db.schema import needed_revision
from app.db.session import transaction
from app.errors import (
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    StaleError,
    UnavailableError,
)
from app.extensions import db
from app.web.guards import public
from tests.support.client import StrictClient
from tests.support.pages import heading, links, table, text

Asking = Callable[[Exception], StrictClient]


@pytest.fixture
def failing(make_app: Callable[..., Flask]) -> Asking:
    """A site whose page /fails raises what one gives."""

    def build(error: Exception) -> StrictClient:
        app = make_app(PROPAGATE_EXCEPTIONS=False)

        def fails() -> str:
            raise error

        app.add_url_rule("/fails", "fails", public(fails))
        return app.test_client()  # type: ignore[return-value]

    return build


class TestRefusals:
    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (NotFoundError("There is no such plan."), 404),
            (NotAllowedError("You own this initiative."), 403),
            (ConflictError("Somebody saved first."), 409),
            (InvalidError("The budget is too small."), 422),
            (StaleError("The figures changed."), 412),
            (UnavailableError("The solver is away."), 503),
        ],
    )
    def test_have_their_status_and_their_sentence(
        self, failing: Asking, error: Exception, status: int
    ) -> None:
        response = failing(error).get("/fails")
        assert response.status_code == status
        assert str(error) in text(response)
        assert heading(response)

    def test_blame_no_role_where_it_is_not_for_want_of_one(self, failing: Asking) -> None:
        page = failing(NotAllowedError("You own this initiative.")).get("/fails")
        assert "You own this initiative." in text(page)
        assert "roles" not in text(page)

    def test_say_only_why_where_nothing_can_be_saved_again(self, failing: Asking) -> None:
        client = failing(ConflictError("Round 2 waits for a decision already."))
        page = client.get("/fails", headers={"Referer": "http://localhost/sign-in?next=%2F"})
        assert heading(page) == "This can’t be done now"
        assert "Round 2 waits for a decision already." in text(page)
        assert "both versions" not in text(page) and "Somebody else" not in text(page)
        assert links(page)["Look at it again"] == "/sign-in?next=%2F"

    @pytest.mark.parametrize(
        "came_from", ["http://evil.test/", "//evil.test", "http://localhost/x"]
    )
    def test_lead_back_only_to_pages_of_ours(self, failing: Asking, came_from: str) -> None:
        page = failing(ConflictError("Decided.")).get("/fails", headers={"Referer": came_from})
        assert "Look at it again" not in links(page)

    def test_show_both_versions_of_a_conflict(self, failing: Asking) -> None:
        error = ConflictError("Both changed it.", theirs={"Name": "Old"}, yours={"Name": "New"})
        page = failing(error).get("/fails")
        assert heading(page) == "Somebody else changed this"
        assert "Look at both versions and save again." in text(page)
        assert table(page, "Both versions").rows == [
            {"Field": "Name", "Stored now": "Old", "What you sent": "New"}
        ]

    def test_say_when_to_come_back(self, failing: Asking) -> None:
        assert failing(UnavailableError("Away.")).get("/fails").headers["Retry-After"] == "5"

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
    def test_name_the_methods_a_page_has(self, client: StrictClient, method: str) -> None:
        response = client.open("/health/live", method=method)
        assert response.status_code == 405
        assert "GET" in response.headers["Allow"]

    def test_refuse_a_host_that_is_not_ours(self, client: StrictClient) -> None:
        response = client.get("/sign-in", headers={"Host": "evil.test"})
        assert response.status_code == 400
        assert "evil.test" not in response.get_data(as_text=True)

    def test_refuse_a_body_that_is_too_large(self, app: Flask, client: StrictClient) -> None:
        app.config["MAX_CONTENT_LENGTH"] = 2**21
        response = client.post("/sign-in", data={"email": "x" * 2**22})
        assert response.status_code == 413
        assert "At most 2 MB can be sent here at once." in text(response)


class TestFailures:
    def test_show_an_incident_number_and_no_trace(self, failing: Asking) -> None:
        page = failing(RuntimeError("secret detail")).get("/fails")
        assert page.status_code == 500
        assert "Incident number" in text(page)
        assert "secret" not in page.get_data(as_text=True)

    def test_of_our_own_statements_are_incidents(self, failing: Asking) -> None:
        page = failing(IntegrityError("INSERT secret", {}, Exception("no"))).get("/fails")
        assert page.status_code == 500
        assert "secret" not in page.get_data(as_text=True)

    def test_of_the_database_pass(self, failing: Asking) -> None:
        gone = OperationalError("SELECT secret", {}, Exception("connection refused"))
        page = failing(gone).get("/fails")
        assert page.status_code == 503
        assert page.headers["Retry-After"] == "5"
        assert "secret" not in page.get_data(as_text=True)

    def test_of_the_database_once_an_answer_is_known_leave_it_as_it_is(
        self, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        app = make_app()

        def reads() -> str:
            db.session.execute(sql("SELECT 1"))
            dialect = db.engine.dialect

            def gone(connection: Any) -> None:
                getattr(connection, "dbapi_connection", connection).close()
                raise dialect.dbapi.OperationalError("server closed the connection unexpectedly")  # type: ignore[union-attr]

            monkeypatch.setattr(dialect, "do_rollback", gone)
            return "It was saved."

        app.add_url_rule("/reads", "reads", public(reads))
        answer = app.test_client().get("/reads", loose=True)  # type: ignore[call-arg]
        monkeypatch.undo()
        assert answer.get_data(as_text=True) == "It was saved."

    def test_for_want_of_tables_say_so(self, failing: Asking) -> None:
        missing = OperationalError("SELECT secret", {}, Exception("no such table: people"))
        page = failing(missing).get("/fails")
        assert page.status_code == 503
        assert "run “flask --app wsgi migrate”" in text(page)


class TestHealth:
    def test_says_alive_without_the_database(self, client: StrictClient) -> None:
        for address in ("/healthz", "/health/live"):
            response = client.get(address)
            assert response.get_json() == {"state": "alive"}
            assert response.queries == []

    def test_says_ready_at_the_newest_schema(self, client: StrictClient) -> None:
        for address in ("/readyz", "/health/ready"):
            response = client.get(address)
            assert (response.status_code, response.get_json()) == (
                200,
                {"state": "ready", "database": "answers", "schema": needed_revision()},
            )

    @pytest.mark.parametrize(("present", "status"), [("0001", 503), ("9999", 200)])
    def test_waits_for_migrations_but_goes_on_while_a_release_rolls_out(
        self, client: StrictClient, session: Session, present: str, status: int
    ) -> None:
        with transaction(session):
            session.execute(sql("UPDATE alembic_version SET version_num = :to"), {"to": present})
        response = client.get("/readyz")
        assert (response.status_code, response.get_json()["schema"]) == (status, present)

    def test_says_not_ready_without_a_database(self, make_app: Callable[..., Flask]) -> None:
        app = make_app(DATABASE_URL="sqlite:////nowhere/at/all.db")
        response = app.test_client().get("/health/ready")
        assert response.status_code == 503
        assert response.headers["Retry-After"]

    def test_pages_say_so_without_a_database(self, make_app: Callable[..., Flask]) -> None:
        app = make_app(DATABASE_URL="sqlite:////nowhere/at/all.db", DEMO=True)
        app.config["PROPAGATE_EXCEPTIONS"] = False
        response = app.test_client().get("/sign-in")
        assert response.status_code == 503
        assert heading(response) == "Waymark can't answer right now"

    def test_pages_say_so_to_a_browser_that_is_signed_in(
        self, make_app: Callable[..., Flask]
    ) -> None:
        app = make_app(DATABASE_URL="sqlite:////nowhere/at/all.db", PROPAGATE_EXCEPTIONS=False)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie[TOKEN] = "any"
        for address in ("/account", "/sign-in", "/readyz"):
            answer = client.get(address)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), address
        assert heading(client.get("/account")) == "Waymark can't answer right now"
        assert client.get("/healthz").status_code == 200
