"""Signing in works for those who may, says nothing to others, and ends for good."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import KnownDevice, Person, SignInSession
from app.accounts.rules import Role
from app.accounts.services import deactivate_person, reset_password, withdraw_role
from app.db.session import transaction
from tests.factories.accounts import PASSWORD, Cast, make_person
from tests.support.client import StrictClient
from tests.support.pages import heading, notice, text, value_of


def _sign_in(client: StrictClient, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def _token(client: StrictClient) -> str:
    with client.session_transaction() as cookie:
        return str(cookie["sign_in"])


class TestSignIn:
    def test_opens_the_page_somebody_wanted(self, client: StrictClient, cast: Cast) -> None:
        asked = client.get("/audit?page=2")
        assert asked.status_code == 303
        response = client.get(asked.headers["Location"])
        assert heading(response) == "Sign in to Waymark"
        assert 'value="/audit?page=2"' in response.get_data(as_text=True)
        response = _sign_in(client, cast.cfo.email, next="/audit?page=2")
        assert (response.status_code, response.headers["Location"]) == (303, "/audit?page=2")
        assert client.get("/audit").status_code == 200

    @pytest.mark.parametrize(
        "next_page",
        [
            "https://evil.test/",
            "//evil.test",
            "/\\evil.test",
            "/%5Cevil.test",
            "\\\\evil.test",
            "/sign-out",
            "/nowhere",
            "javascript:alert(1)",
            "/account\r\nX-Evil: 1",
            "/\tevil",
            "/account#x",
            "x" * 5000,
        ],
    )
    def test_leads_nowhere_else(self, client: StrictClient, cast: Cast, next_page: str) -> None:
        client.get("/sign-in", query_string={"next": next_page})
        response = _sign_in(client, cast.cfo.email, next=next_page)
        assert response.status_code == 303
        assert response.headers["Location"] in {"/", "/account"}

    def test_leads_people_without_a_role_to_their_account(
        self, client: StrictClient, session: Session
    ) -> None:
        with transaction(session):
            newcomer = make_person(session, "Nora Newcomer")
        assert _sign_in(client, newcomer.email).headers["Location"] == "/account"

    def test_says_the_same_about_wrong_passwords_and_unknown_people(
        self, client: StrictClient, cast: Cast
    ) -> None:
        wrong = _sign_in(client, cast.cfo.email, "not the password")
        unknown = _sign_in(client, "nobody@waymark.test", "not the password")
        assert wrong.status_code == unknown.status_code == 422
        assert notice(wrong) == notice(unknown)
        assert value_of(wrong, "E-mail address") == cast.cfo.email
        assert "not the password" not in wrong.get_data(as_text=True)

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_takes_as_long_for_unknown_people(
        self, app: Flask, client: StrictClient, session: Session, cast: Cast
    ) -> None:
        def seconds(email: str) -> float:
            began = time.perf_counter()
            _sign_in(client, email, "not the password")
            return time.perf_counter() - began

        with transaction(session):
            hasher = __import__("app.accounts.services.passwords", fromlist=["x"]).hash_password
            cast.cfo.password_hash = hasher(PASSWORD)
        known = min(seconds(cast.cfo.email) for _ in range(5))
        unknown = min(seconds("nobody@waymark.test") for _ in range(5))
        assert 1 / 3 < known / unknown < 3

    @pytest.mark.parametrize(
        "email", ["\x00", "a\x00b@waymark.test", "x" * 100_000, "' OR 1=1 --", "ä@ö.test", ""]
    )
    def test_bears_any_input(self, client: StrictClient, cast: Cast, email: str) -> None:
        assert _sign_in(client, email, "x" * 100_000).status_code == 422
        assert _sign_in(client, email, "\x00").status_code == 422
        assert client.get("/sign-in?next=%00").status_code == 400
        assert client.get("/account%00").status_code == 404

    def test_is_refused_to_deactivated_people(
        self, client: StrictClient, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            deactivate_person(session, cast.viewer, actor=cast.admin, now=now)
        assert _sign_in(client, cast.viewer.email).status_code == 422

    def test_gives_a_new_token_and_ends_the_old_one(
        self, client: StrictClient, session: Session, cast: Cast
    ) -> None:
        _sign_in(client, cast.viewer.email)
        first = _token(client)
        _sign_in(client, cast.viewer.email)
        assert _token(client) != first
        assert len(session.scalars(select(SignInSession)).all()) == 1

    def test_keeps_only_the_hash_of_the_token(
        self, client: StrictClient, session: Session, cast: Cast
    ) -> None:
        _sign_in(client, cast.viewer.email)
        kept = session.scalars(select(SignInSession)).one()
        assert kept.token_hash != _token(client)
        assert len(kept.token_hash) == 64


class TestThrottle:
    def test_lets_nobody_guess_on_but_never_for_good(
        self, app: Flask, client: StrictClient, cast: Cast, now: datetime
    ) -> None:
        statuses = [_sign_in(client, cast.cfo.email, "wrong").status_code for _ in range(10)]
        assert statuses == [422] * 6 + [429] * 4
        refused = _sign_in(client, cast.cfo.email)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) == 2
        assert "was not looked at" in text(refused)
        assert "Wait 2 s, then try again" in text(refused)
        app.config["FIXED_NOW"] = now + timedelta(seconds=3)
        assert _sign_in(client, cast.cfo.email).status_code == 303

    def test_grows_with_every_failure_up_to_a_quarter_of_an_hour(
        self, app: Flask, client: StrictClient, cast: Cast, now: datetime
    ) -> None:
        waits, moment = [], now
        for _ in range(20):
            app.config["FIXED_NOW"] = moment
            _sign_in(client, cast.cfo.email, "wrong")
            refused = _sign_in(client, cast.cfo.email, "wrong")
            waits.append(int(refused.headers.get("Retry-After", 0)))
            moment += timedelta(seconds=waits[-1])
        longest = 15 * 60
        assert waits[-1] == longest
        assert waits == sorted(waits)

    def test_does_not_shut_out_others_in_the_same_network(
        self, client: StrictClient, cast: Cast
    ) -> None:
        for _ in range(8):
            _sign_in(client, cast.cfo.email, "wrong")
        assert _sign_in(client, cast.lead.email).status_code == 303

    def test_does_not_shut_out_the_person_elsewhere(self, app: Flask, cast: Cast) -> None:
        for _ in range(8):
            _sign_in(app.test_client(), cast.cfo.email, "wrong")  # type: ignore[arg-type]
        elsewhere = app.test_client()
        elsewhere.environ_base["REMOTE_ADDR"] = "203.0.113.9"
        assert _sign_in(elsewhere, cast.cfo.email).status_code == 303  # type: ignore[arg-type]

    def test_slows_one_address_down_that_tries_many_accounts(self, client: StrictClient) -> None:
        statuses = {_sign_in(client, f"p{n}@waymark.test", "wrong").status_code for n in range(40)}
        assert statuses == {422, 429}


class TestKnownDevice:
    def test_gets_through_while_somebody_near_by_guesses(
        self, app: Flask, client: StrictClient, cast: Cast, session: Session
    ) -> None:
        arrived = _sign_in(client, cast.cfo.email)
        cookie = arrived.headers.getlist("Set-Cookie")[0]
        assert cookie.startswith("waymark-device=")
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
        kept = session.scalars(select(KnownDevice)).one()
        assert kept.token_hash not in cookie and len(kept.token_hash) == 64
        client.post("/sign-out")
        for _ in range(12):
            _sign_in(app.test_client(), cast.cfo.email, "wrong")  # type: ignore[arg-type]
        assert _sign_in(app.test_client(), cast.cfo.email).status_code == 429  # type: ignore[arg-type]
        assert _sign_in(client, cast.cfo.email).status_code == 303

    def test_of_another_person_helps_nobody(
        self, app: Flask, client: StrictClient, cast: Cast
    ) -> None:
        _sign_in(client, cast.lead.email)
        client.post("/sign-out")
        for _ in range(8):
            _sign_in(app.test_client(), cast.cfo.email, "wrong")  # type: ignore[arg-type]
        assert _sign_in(client, cast.cfo.email).status_code == 429

    def test_is_slowed_down_by_its_own_failures_and_known_no_longer_than_half_a_year(
        self, app: Flask, client: StrictClient, cast: Cast, now: datetime
    ) -> None:
        _sign_in(client, cast.cfo.email)
        statuses = [_sign_in(client, cast.cfo.email, "wrong").status_code for _ in range(13)]
        assert statuses == [422] * 11 + [429] * 2
        assert _sign_in(app.test_client(), cast.cfo.email).status_code == 303  # type: ignore[arg-type]
        app.config["FIXED_NOW"] = now + timedelta(days=181)
        statuses = [_sign_in(client, cast.cfo.email, "wrong").status_code for _ in range(7)]
        assert statuses == [422] * 6 + [429]

    def test_is_forgotten_with_the_password(
        self, client: StrictClient, cast: Cast, session: Session, now: datetime
    ) -> None:
        _sign_in(client, cast.viewer.email)
        with transaction(session):
            viewer = session.get_one(Person, cast.viewer.id)
            reset_password(session, viewer, actor=cast.admin, now=now)
        assert session.scalars(select(KnownDevice)).all() == []


class TestSession:
    def test_ends_with_sign_out_even_for_a_copied_cookie(
        self, app: Flask, client: StrictClient, cast: Cast
    ) -> None:
        _sign_in(client, cast.viewer.email)
        stolen = app.test_client()
        with stolen.session_transaction() as cookie:
            cookie["sign_in"] = _token(client)
        assert stolen.get("/account").status_code == 200
        assert client.post("/sign-out").status_code == 303
        assert client.get("/account").status_code == 303
        assert stolen.get("/account").status_code == 303

    def test_is_not_opened_by_nonsense(self, client: StrictClient, cast: Cast) -> None:
        for nonsense in ("", "x", "\x00", 7, None, ["a"], str(cast.admin.id)):
            with client.session_transaction() as cookie:
                cookie["sign_in"] = nonsense
            assert client.get("/account").status_code == 303

    @pytest.mark.parametrize(
        ("who", "minutes", "runs"),
        [
            ("viewer", 479, True),
            ("viewer", 480, False),
            ("cfo", 29, True),
            ("cfo", 30, False),
            ("admin", 30, False),
            ("lead", 31, True),
        ],
    )
    def test_ends_when_idle_sooner_where_money_or_rights_are(
        self,
        app: Flask,
        cast: Cast,
        client_for: Callable[[Person], StrictClient],
        now: datetime,
        who: str,
        minutes: int,
        runs: bool,
    ) -> None:
        client = client_for(getattr(cast, who))
        app.config["FIXED_NOW"] = now + timedelta(minutes=minutes)
        assert client.get("/account").status_code == (200 if runs else 303)

    def test_goes_on_while_used_but_not_past_twelve_hours(
        self, app: Flask, cast: Cast, client_for: Callable[[Person], StrictClient], now: datetime
    ) -> None:
        client = client_for(cast.cfo)
        minutes = 0
        while minutes < 12 * 60:
            assert client.get("/account").status_code == 200
            minutes += 20
            app.config["FIXED_NOW"] = now + timedelta(minutes=minutes)
        assert client.get("/account").status_code == 303

    def test_from_the_future_opens_nothing(
        self, app: Flask, cast: Cast, client_for: Callable[[Person], StrictClient], now: datetime
    ) -> None:
        client = client_for(cast.viewer)
        app.config["FIXED_NOW"] = now - timedelta(minutes=1)
        assert client.get("/account").status_code == 303

    def test_ends_when_a_role_is_withdrawn(
        self,
        session: Session,
        cast: Cast,
        client_for: Callable[[Person], StrictClient],
        now: datetime,
    ) -> None:
        client = client_for(cast.cfo)
        with transaction(session):
            withdraw_role(session, cast.cfo, Role.FINANCE, actor=cast.admin, now=now)
        assert client.get("/audit").status_code == 303

    def test_does_not_write_on_every_page(
        self, cast: Cast, client_for: Callable[[Person], StrictClient]
    ) -> None:
        response = client_for(cast.viewer).get("/account")
        assert not [q for q in response.queries if q.startswith(("UPDATE", "INSERT", "DELETE"))]


class TestDemo:
    def test_offers_its_people_on_the_sign_in_page_only_in_the_demo(
        self, app: Flask, client: StrictClient, cast: Cast
    ) -> None:
        assert cast.cfo.email not in text(client.get("/sign-in"))
        app.config["DEMO"] = True
        page = client.get("/sign-in")
        assert cast.cfo.email in text(page)
        assert app.config["DEMO_PASSWORD"] in text(page)
