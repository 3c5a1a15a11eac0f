"""A small OpenID provider on this machine, over HTTP, that can be told to lie."""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.support.pages import text

SITE = "https://waymark.test"
CLIENT, SECRET = "waymark", "a secret between the two"
Claims = dict[str, Any]


class LyingProvider:
    """Signs in whoever `person` says; `spoil` changes claims, `header` and `key` how it signs.

    `asked_at` counts requests by path; one that `drips` waits so many seconds before each byte.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.key: Any = ECKey.generate_key("P-256", {"kid": "first"})
        self.published = [self.key]
        self.header: dict[str, Any] = {"alg": "ES256", "kid": "first"}
        self.person: Claims = {}
        self.spoil: Callable[[Claims], None] = lambda _: None
        self.token: str | None = None
        self.asked: list[dict[str, str]] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.asked_at: Counter[str] = Counter()
        self.is_away = False
        self.drips = 0.0
        self.issuer = ""

    def authorize(self, query: dict[str, str]) -> str:
        self.asked.append(query)
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back = urlencode({"code": code, "state": query["state"], "iss": self.issuer})
        return f"{query['redirect_uri']}?{back}"

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        given = b64decode(authorization.removeprefix("Basic ")).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        if given != f"{CLIENT}:{SECRET}" or asked is None:
            return 400, {"error": "invalid_grant"}
        digest = sha256(form["code_verifier"].encode()).digest()
        if urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        at = int(self.now.timestamp())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": at, "exp": at + 300, "auth_time": at,
            "nonce": asked["nonce"], **self.person,
        }  # fmt: skip
        self.spoil(claims)
        token = self.token or self._signed(claims)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": token}

    def _signed(self, claims: Claims) -> str:
        if self.header["alg"] == "none":
            parts = [self.header, claims]
            coded = [urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts]
            return ".".join([*coded, ""])
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])


@contextmanager
def lying_provider(now: datetime) -> Iterator[LyingProvider]:
    """The provider, answering at `issuer` until the block ends."""
    provider = LyingProvider(now)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked_at[parts.path] += 1
            here = provider.issuer
            if provider.is_away:
                return self._answer(503, {})
            if parts.path == "/.well-known/openid-configuration":
                return self._answer(200, {
                    "issuer": here, "authorization_endpoint": f"{here}/authorize",
                    "token_endpoint": f"{here}/token", "jwks_uri": f"{here}/keys",
                    "end_session_endpoint": f"{here}/out",
                })  # fmt: skip
            if parts.path == "/keys":
                keys = [key.as_dict(private=False) for key in provider.published]
                return self._answer(200, {"keys": keys})
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", provider.authorize(query))
            self.end_headers()
            return None

        def do_POST(self) -> None:
            provider.asked_at[self.path] += 1
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.exchange(form, self.headers["Authorization"]))

        def _answer(self, status: int, body: Any) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(OSError):  # whoever asked may have given up
                for byte in content if provider.drips else ():
                    time.sleep(provider.drips)
                    self.wfile.write(bytes([byte]))
                self.wfile.write(b"" if provider.drips else content)

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def signing_in_at(app: Flask, now: datetime) -> Iterator[LyingProvider]:
    """The provider, and an application whose people sign in there."""
    with lying_provider(now) as found:
        app.config.update(
            OIDC_ISSUER=found.issuer, OIDC_CLIENT_ID=CLIENT, OIDC_CLIENT_SECRET=SECRET,
            OIDC_NAME="Halden ID", OIDC_SECOND_FACTORS=["otp"], PUBLIC_URL=SITE,
        )  # fmt: skip
        app.extensions.pop("oidc_provider", None)
        yield found
        app.extensions.pop("oidc_provider", None)


def back_from(client: Any, start: str = "/sign-in/provider") -> str:
    """Follow the browser to the provider; gives the address it is sent back to."""
    sent = client.get(start)
    assert sent.status_code == 303, text(sent)
    answer = requests.get(sent.headers["Location"], allow_redirects=False, timeout=5)
    back = answer.headers["Location"]
    assert back.startswith(f"{SITE}/sign-in/provider/return?")
    return back.removeprefix(SITE)


def sign_in_there(client: Any, start: str = "/sign-in/provider") -> Any:
    return client.get(back_from(client, start), loose=True)
