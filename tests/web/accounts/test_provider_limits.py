"""Nobody holds the site up by asking the provider: it is asked seldom, briefly and not by all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.accounts.engine import asking
from app.accounts.routes.provider import ASKS_A_MINUTE
from app.accounts.rules import FREE_FAILURES_ADDRESS
from app.web.rates import METER, Meter
from tests.factories.accounts import PASSWORD, Cast
from tests.support.pages import text
from tests.support.provider import LyingProvider, back_from, sign_in_there, signing_in_at

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ABOUT, KEYS, TOKEN = "/.well-known/openid-configuration", "/keys", "/token"
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def provider(app: Flask, cast: Cast, now: datetime) -> Iterator[LyingProvider]:
    app.extensions[METER] = Meter()
    with signing_in_at(app, now) as found:
        found.person = {"sub": "s-1", "email": cast.lead.email, "email_verified": True}
        yield found
    app.extensions[METER] = Meter()


class TestAsking:
    def test_is_slowed_down_by_address_and_shuts_nobody_else_out(
        self, app: Flask, cast: Cast, provider: LyingProvider
    ) -> None:
        client: Any = app.test_client()
        codes = {client.get("/sign-in/provider").status_code for _ in range(ASKS_A_MINUTE)}
        assert codes == {303}
        for path in ("/sign-in/provider", "/sign-in/provider/out"):
            slowed = client.get(path)
            assert (slowed.status_code, slowed.headers["Retry-After"]) == (429, "60")
        assert provider.asked_at[ABOUT] == 1
        other: Any = app.test_client()
        asked = other.get("/sign-in/provider", environ_overrides=ELSEWHERE)
        assert asked.status_code == 303
        typed = {"email": cast.viewer.email, "password": PASSWORD}
        assert app.test_client().post("/sign-in", data=typed).status_code == 303

    def test_does_not_ask_a_provider_again_that_was_away_a_moment_ago(
        self, app: Flask, provider: LyingProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        provider.is_away = True
        client: Any = app.test_client()
        for _ in range(5):
            assert client.get("/sign-in/provider").headers["Location"] == "/sign-in"
        assert provider.asked_at[ABOUT] == 1
        provider.is_away = False
        later = time.monotonic() + asking.AGAIN_AFTER
        monkeypatch.setattr(asking, "monotonic", lambda: later)
        assert sign_in_there(client).status_code == 303
        # What it said of itself is old by now, and good enough while it is away.
        provider.is_away, much_later = True, later + asking.KNOWN_FOR
        monkeypatch.setattr(asking, "monotonic", lambda: much_later)
        assert app.test_client().get("/sign-in/provider").status_code == 303
        too_late = much_later + asking.KNOWN_AT_MOST
        monkeypatch.setattr(asking, "monotonic", lambda: too_late)
        assert client.get("/sign-in/provider").headers["Location"] == "/sign-in"

    def test_gives_up_soon_on_a_provider_that_drips(
        self, app: Flask, provider: LyingProvider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(asking, "SECONDS", 0.3)
        provider.drips = 0.05
        began = time.monotonic()
        assert app.test_client().get("/sign-in/provider").headers["Location"] == "/sign-in"
        assert time.monotonic() - began < 1.5


class TestComingBack:
    def test_is_throttled_by_address_before_the_provider_is_asked(
        self, app: Flask, provider: LyingProvider, now: datetime
    ) -> None:
        client: Any = app.test_client()
        state = parse_qs(urlsplit(back_from(client)).query)["state"][0]
        with client.session_transaction() as cookie:
            kept = dict(cookie)
        answers = []
        for number in range(FREE_FAILURES_ADDRESS + 3):
            with client.session_transaction() as cookie:
                cookie.update(kept)
            guessed = f"/sign-in/provider/return?state={state}&code=guess-{number}"
            answers.append(client.get(guessed, loose=True))
        assert [one.status_code for one in answers[: FREE_FAILURES_ADDRESS + 1]] == [303] * 31
        assert {one.status_code for one in answers[FREE_FAILURES_ADDRESS + 1 :]} == {429}
        assert int(answers[-1].headers["Retry-After"]) >= 1
        assert "Wait" in text(answers[-1])
        assert provider.asked_at[TOKEN] == FREE_FAILURES_ADDRESS + 1
        honest: Any = app.test_client()
        back = back_from(honest)
        assert honest.get(back, loose=True).status_code == 429
        provider.now = app.config["FIXED_NOW"] = now + timedelta(minutes=1)
        assert sign_in_there(honest).headers["Location"] == "/"

    @pytest.mark.parametrize("is_known", [True, False])
    def test_counts_no_sign_in_that_succeeded_against_those_who_share_the_address(
        self, app: Flask, provider: LyingProvider, is_known: bool
    ) -> None:
        known: Any = app.test_client()
        for _ in range(FREE_FAILURES_ADDRESS + 5):
            client: Any = known if is_known else app.test_client()
            assert sign_in_there(client).headers["Location"] == "/"

    def test_fetches_keys_anew_only_now_and_then_for_tokens_that_are_not_believed(
        self, app: Flask, provider: LyingProvider
    ) -> None:
        provider.token = "not.a.token"
        for _ in range(5):
            assert sign_in_there(app.test_client()).headers["Location"] == "/sign-in"
        assert provider.asked_at[KEYS] == 2
