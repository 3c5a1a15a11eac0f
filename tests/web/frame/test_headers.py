"""Every answer says what browsers may never do with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.models import Person
from app.web.headers import ALWAYS
from tests.factories.accounts import Cast
from tests.support.client import StrictClient


class TestHeaders:
    @pytest.mark.parametrize(
        ("path", "status"), [("/account", 200), ("/nowhere", 404), ("/admin/people", 403)]
    )
    def test_stand_on_pages_and_refusals(
        self, path: str, status: int, cast: Cast, client_for: Callable[[Person], StrictClient]
    ) -> None:
        response = client_for(cast.viewer).get(path)
        assert response.status_code == status
        assert {name: response.headers[name] for name in ALWAYS} == ALWAYS
        assert response.headers["Cache-Control"] == "no-store"
        assert "Cookie" in response.headers["Vary"]

    def test_stand_on_redirects_and_refused_forms(self, client: StrictClient) -> None:
        for response in (client.get("/account"), client.post("/sign-in", csrf=False)):
            assert {name: response.headers[name] for name in ALWAYS} == ALWAYS
            assert response.headers["Cache-Control"] == "no-store"

    def test_allow_no_inline_script_or_style(self) -> None:
        policy = ALWAYS["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy

    def test_let_versioned_files_be_kept(self, app: Flask, client: StrictClient) -> None:
        with app.test_request_context():
            address = app.jinja_env.globals["asset"]("icons.svg")
        response = client.get(address)
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        response.close()
        assert "Vary" not in response.headers
        unversioned = client.get("/static/icons.svg")
        unversioned.close()
        assert unversioned.headers["Cache-Control"] == "no-cache"

    def test_keep_browsers_on_https_where_cookies_are_secure(
        self, make_app: Callable[..., Flask]
    ) -> None:
        app = make_app(SECURE_COOKIES=True)
        response = app.test_client().get("/sign-in")
        assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("__Host-waymark=")
        assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
