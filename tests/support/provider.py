"""A small OpenID provider on this machine, over HTTP, that can be told to lie."""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT, SECRET = "waymark", "a secret between the two"
Claims = dict[str, Any]


class LyingProvider:
    """Signs in whoever `person` says; `spoil` changes claims, `header` and `key` how it signs."""

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
            here = provider.issuer
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
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.exchange(form, self.headers["Authorization"]))

        def _answer(self, status: int, body: Any) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

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
