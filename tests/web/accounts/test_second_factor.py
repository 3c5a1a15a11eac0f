"""A second factor is set up, asked for beside the password, required, and taken away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Factor, Person, SecondFactor, SignInSession
from app.accounts.rules import totp
from app.accounts.rules.second_factor import step_at
from app.db.session import transaction
from tests.factories.accounts import PASSWORD, Cast
from tests.support.client import StrictClient
from tests.support.factors import SECRET, box_of, code_at, give_factor, sign_in_by_code
from tests.support.pages import buttons, error_on, heading, notice, table, text
from tests.support.sign_in import sign_in

ClientFor = Callable[[Person], StrictClient]
SHORT = "kettle-7"


@pytest.fixture
def with_factor(app: Flask, session: Session, cast: Cast, now: datetime) -> Person:
    """Carla Finance with an app on her phone."""
    give_factor(session, cast.cfo, box_of(app), now)
    return cast.cfo


def shown_code(app: Flask, session: Session, now: datetime) -> str:
    """What the app shows for the only secret drawn so far."""
    factor = session.scalars(select(SecondFactor)).one()
    return totp(box_of(app).open(factor.secret) or b"", step_at(now))


def set_up(app: Flask, session: Session, client: StrictClient, now: datetime) -> list[str]:
    """Set a factor up as a person does; gives the recovery codes."""
    assert client.post("/account/second-factor/begin").status_code == 303
    code = shown_code(app, session, now)
    page = client.post("/account/second-factor/confirm", data={"code": code})
    return [one.get_text() for one in page.soup.find(role="status").find_all("code")]


class TestSetUp:
    def test_shows_a_picture_the_policy_allows_and_the_letters(
        self, cast: Cast, client_for: ClientFor
    ) -> None:
        client = client_for(cast.lead)
        client.post("/account/second-factor/begin")
        page = client.get("/account/second-factor")
        picture = page.soup.find("img")
        assert picture["src"].startswith("data:image/svg+xml")
        assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]
        assert "Secret" in text(page)

    def test_is_in_force_after_a_first_code_and_ends_other_sessions(
        self, app: Flask, cast: Cast, client_for: ClientFor, session: Session, now: datetime
    ) -> None:
        here, elsewhere = client_for(cast.lead), client_for(cast.lead)
        here.post("/account/second-factor/begin")
        wrong = here.post("/account/second-factor/confirm", data={"code": "000000"})
        assert wrong.status_code == 422
        assert "not the code the app shows" in (error_on(wrong, "Code") or "")
        codes = set_up(app, session, here, now)
        assert len(set(codes)) == 10
        assert elsewhere.get("/account").status_code == 303
        page = here.get("/account/second-factor")
        assert heading(page).startswith("Second factor")
        assert "Recovery codes left 10" in text(page)
        assert not any(code in text(page) for code in codes)
        stored = session.scalars(select(SecondFactor)).one()
        assert stored.secret not in page.get_data()
        again = here.post("/account/second-factor/begin")
        assert again.status_code == 409

    def test_takes_ten_minutes_at_most(
        self, app: Flask, cast: Cast, client_for: ClientFor, session: Session, now: datetime
    ) -> None:
        client = client_for(cast.lead)
        client.post("/account/second-factor/begin")
        app.config["FIXED_NOW"] = late = now + timedelta(minutes=10, seconds=1)
        fresh: Any = app.test_client()
        sign_in(fresh, session, cast.lead, now=late)
        data = {"code": shown_code(app, session, late)}
        page = fresh.post("/account/second-factor/confirm", data=data)
        assert page.status_code == 409
        assert page.soup.find("img") is None


class TestSignInByCode:
    def test_opens_nothing_before_the_code(
        self, client: StrictClient, with_factor: Person, now: datetime, session: Session
    ) -> None:
        data = {"email": with_factor.email, "password": PASSWORD, "next": "/audit"}
        first = client.post("/sign-in", data=data)
        assert first.headers["Location"] == "/sign-in/code"
        assert client.get("/audit").status_code == 303
        assert heading(client.get("/sign-in/code")) == "Enter your code"
        arrived = client.post("/sign-in/code", data={"code": code_at(now)})
        assert arrived.headers["Location"] == "/audit"
        assert client.get("/audit").status_code == 200
        assert session.scalars(select(SignInSession.factor)).all() == [Factor.TOTP]

    def test_takes_every_code_once(
        self, app: Flask, client: StrictClient, with_factor: Person, now: datetime
    ) -> None:
        def arrives(code: str) -> bool:
            answer = sign_in_by_code(client, with_factor.email, PASSWORD, code)
            return bool(answer.status_code == 303)

        assert arrives(code_at(now))
        client.post("/sign-out")
        assert not arrives(code_at(now))
        assert not arrives(code_at(now, -1))
        app.config["FIXED_NOW"] = now + timedelta(seconds=30)
        assert arrives(code_at(now, 1))

    def test_takes_a_recovery_code_once_as_people_type_it(
        self,
        app: Flask,
        client: StrictClient,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
    ) -> None:
        codes = set_up(app, session, client_for(cast.lead), now)
        typed = codes[3].replace("-", " ").upper()
        assert sign_in_by_code(client, cast.lead.email, PASSWORD, typed).status_code == 303
        assert "Recovery codes left 9" in text(client.get("/account/second-factor"))
        page = table(client.get("/account"), "Sessions")
        assert any("recovery code" in row["Signed in"] for row in page.rows)
        client.post("/sign-out")
        assert sign_in_by_code(client, cast.lead.email, PASSWORD, typed).status_code == 422

    def test_slows_guessing_down_in_all_networks(
        self, app: Flask, with_factor: Person, now: datetime
    ) -> None:
        statuses = []
        for number in range(9):
            client: Any = app.test_client()
            client.environ_base["REMOTE_ADDR"] = f"203.0.{number}.9"
            answer = sign_in_by_code(client, with_factor.email, PASSWORD, "000000")
            statuses.append(answer.status_code)
        assert statuses == [422] * 6 + [429] * 3
        answer = sign_in_by_code(client, with_factor.email, PASSWORD, code_at(now))
        assert answer.status_code == 429

    @pytest.mark.parametrize("code", ["", "\x00", "x" * 50_000, "١٢٣٤٥٦"])
    def test_bears_any_input(self, client: StrictClient, with_factor: Person, code: str) -> None:
        answer = sign_in_by_code(client, with_factor.email, PASSWORD, code)
        assert answer.status_code == 422

    def test_asks_for_the_password_again_after_five_minutes_or_a_new_one(
        self, app: Flask, client: StrictClient, with_factor: Person, session: Session, now: datetime
    ) -> None:
        data = {"email": with_factor.email, "password": PASSWORD}
        client.post("/sign-in", data=data)
        app.config["FIXED_NOW"] = now + timedelta(minutes=5)
        late = client.post("/sign-in/code", data={"code": code_at(now, 10)})
        assert late.headers["Location"] == "/sign-in"
        client.post("/sign-in", data=data)
        with transaction(session):
            session.get_one(Person, with_factor.id).password_hash += "x"
        changed = client.post("/sign-in/code", data={"code": code_at(now, 10)})
        assert changed.headers["Location"] == "/sign-in"
        assert client.get("/account").status_code == 303


class TestStepUp:
    def test_asks_for_a_code_where_there_is_a_factor(
        self, app: Flask, session: Session, cast: Cast, now: datetime
    ) -> None:
        give_factor(session, cast.admin, box_of(app), now)
        client: Any = app.test_client()
        long_ago = now - timedelta(minutes=11)
        sign_in(client, session, cast.admin, now=now, confirmed_at=long_ago)
        address = f"/admin/people/{cast.viewer.id}/deactivate"
        assert error_on(client.post(address), "Code") is None
        by_password = client.post(address, data={"confirm_password": PASSWORD})
        assert heading(by_password) == "Confirm that it is you"
        wrong = client.post(address, data={"confirm_code": "000000"})
        assert "used already" in (error_on(wrong, "Code") or "")
        assert client.post(address, data={"confirm_code": code_at(now)}).status_code == 303


class TestRequired:
    def test_bars_finance_and_admin_from_all_but_their_account(
        self, app: Flask, cast: Cast, client_for: ClientFor, session: Session, now: datetime
    ) -> None:
        app.config["REQUIRE_SECOND_FACTOR"] = True
        for person in (cast.cfo, cast.admin):
            client = client_for(person)
            assert client.get("/audit").headers["Location"] == "/account"
            assert "Set up a second factor first" in text(client.get("/account"))
            refused = client.post("/cycles", data={})
            assert refused.status_code == 403
            assert "until you have set one up" in text(refused)
        assert client_for(cast.lead).get("/").status_code == 200
        client = client_for(cast.cfo)
        set_up(app, session, client, now)
        assert client.get("/audit").status_code == 200
        page = client.get("/account/second-factor")
        assert buttons(page)["Remove"] is False
        assert client.post("/account/second-factor/remove").status_code == 409

    def test_leads_to_the_account_after_signing_in(
        self, app: Flask, cast: Cast, client: StrictClient
    ) -> None:
        app.config["REQUIRE_SECOND_FACTOR"] = True
        data = {"email": cast.cfo.email, "password": PASSWORD, "next": "/audit"}
        assert client.post("/sign-in", data=data).headers["Location"] == "/account"

    def test_is_said_where_it_is_not(self, app: Flask, client: StrictClient) -> None:
        app.config["DEMO"] = True
        assert "No second factor is required here" in text(client.get("/sign-in"))


class TestShorterPassword:
    def test_does_beside_a_factor_which_then_stays(
        self, app: Flask, cast: Cast, client_for: ClientFor, session: Session, now: datetime
    ) -> None:
        client = client_for(cast.lead)
        data = {"current": PASSWORD, "new": SHORT}
        assert client.post("/account/password", data=data).status_code == 422
        set_up(app, session, client, now)
        assert client.post("/account/password", data=data).status_code == 303
        assert "too short without" in text(client.get("/account/second-factor"))
        assert client.post("/account/second-factor/remove").status_code == 409
        client_for(cast.admin).post(f"/admin/people/{cast.lead.id}/reset-second-factor")
        alone: Any = app.test_client()
        arrived = alone.post("/sign-in", data={"email": cast.lead.email, "password": SHORT})
        assert arrived.headers["Location"] == "/account"
        assert "too short to sign in with it alone" in text(alone.get("/account"))


class TestReset:
    def test_by_an_admin_ends_sessions_and_makes_finance_wait(
        self, with_factor: Person, cast: Cast, client_for: ClientFor, client: StrictClient
    ) -> None:
        victim = client_for(with_factor)
        admin = client_for(cast.admin)
        address = f"/admin/people/{with_factor.id}"
        assert admin.post(f"{address}/reset-second-factor").status_code == 303
        assert victim.get("/account").status_code == 303
        page = admin.get(address)
        assert table(page, "Roles").row("Finance")["State"] == "waits for a second admin"
        assert "Reset the second factor" not in text(page)
        data = {"email": with_factor.email, "password": PASSWORD}
        assert client.post("/sign-in", data=data).headers["Location"] == "/account"
        assert admin.post(f"{address}/reset-second-factor").status_code == 409


class TestSecretKey:
    def test_can_be_changed_while_the_old_one_is_named(
        self,
        make_app: Callable[..., Flask],
        session: Session,
        cast: Cast,
        now: datetime,
    ) -> None:
        old = make_app()
        give_factor(session, cast.cfo, box_of(old), now)
        session.rollback()
        key = "another-key-for-tests-" + "fedcba9876543210"
        named = make_app(SECRET_KEY=key, SECRET_KEY_FALLBACKS=[old.config["SECRET_KEY"]])
        answer = sign_in_by_code(named.test_client(), cast.cfo.email, PASSWORD, code_at(now))
        assert answer.status_code == 303
        lost = make_app(SECRET_KEY=key)
        answer = sign_in_by_code(lost.test_client(), cast.cfo.email, PASSWORD, code_at(now, 1))
        assert answer.status_code == 409
        assert "recovery code" in (notice(answer) or "")
        assert SECRET not in answer.get_data()
