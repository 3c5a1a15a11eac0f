"""What a real server writes to its log: JSON in every line, and none of what is secret."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from app.accounts.routes.sign_in import TOKEN
from tests.support.sources import ROOT

SECONDS = 180
PLANTED = {
    name: f"planted-{name}-Zq7w"
    for name in (
        "key", "database", "queue", "password", "email", "cookie", "bearer", "query", "next",
        "field", "referrer", "basic",
    )
}  # fmt: skip

KEY = f"{PLANTED['key']}-and-many-more-letters"


def _signed(token: str) -> str:
    """The cookie of a browser that is signed in, so that every page asks the database who it is."""
    app = Flask(__name__)
    app.secret_key = KEY
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps({TOKEN: token}))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A server in production whose database is away: every page fails, with traces."""
    port, log = _free_port(), tmp_path / "log"
    away = f"postgresql://waymark:{PLANTED['database']}@127.0.0.1:{_free_port()}/waymark"
    settings = {
        "PATH": os.environ["PATH"],
        "ENVIRONMENT": "production",
        "SECRET_KEY": KEY,
        "TRUSTED_HOSTS": "waymark.test",
        "DATABASE_URL": away,
        "QUEUE_URL": f"redis://:{PLANTED['queue']}@127.0.0.1:{_free_port()}/0",
        "WEB_CONCURRENCY": "1",
    }
    command = [ROOT / ".venv" / "bin" / "gunicorn", "--bind", f"127.0.0.1:{port}", "wsgi:app"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=out, stderr=out)
    try:
        _wait(port)
        yield port, log
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait(port: int) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            assert _ask(port, "GET", "/healthz") == 200
            return
        time.sleep(0.1)
    raise AssertionError("The server did not come up.")


def _ask(port: int, method: str, path: str, **form: str) -> int:
    headers = {
        "Host": "waymark.test",
        "X-Forwarded-Proto": "https",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"__Host-waymark={_signed(PLANTED['cookie'])}",
        "Authorization": f"Bearer {PLANTED['bearer']}",
        "Proxy-Authorization": f"Basic {PLANTED['basic']}",
        "Referer": f"https://waymark.test/sign-in?token={PLANTED['referrer']}",
    }
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    with closing(asked) as connection:
        connection.request(method, path, urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


class TestLogOfAServer:
    def test_is_json_in_every_line_and_tells_no_secret(self, server: tuple[int, Path]) -> None:
        port, log = server
        assert _ask(port, "GET", "/readyz") == 503
        _ask(port, "GET", f"/sign-in?token={PLANTED['query']}&next=/{PLANTED['next']}")
        typed = {name: PLANTED[name] for name in ("email", "password", "field")}
        _ask(port, "POST", f"/sign-in?token={PLANTED['query']}", **typed)
        _ask(port, "GET", f"/initiatives?q={PLANTED['query']}")
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        loggers = {line["logger"] for line in lines}
        assert {"gunicorn.error", "waymark.access"} <= loggers
        assert any("trace" in line for line in lines)
        written = log.read_text()
        assert [name for name, secret in PLANTED.items() if secret in written] == []
