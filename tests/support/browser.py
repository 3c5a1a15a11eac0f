"""A live server and a real browser that fails on what a person would not see at first."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, Playwright
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from app.accounts.models import Person
from tests.support.sign_in import sign_in

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe" / "axe.min.js"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
_REFUSALS = tuple(f"status of {code}" for code in (403, 404, 409, 412, 422, 429))


def launch(playwright: Playwright) -> Browser | None:
    """Start the Chromium of this machine, or the one Playwright brought, or return None."""
    installed = next((path for name in NAMES if (path := shutil.which(name))), None)
    own = playwright.chromium.executable_path
    program = installed or (own if Path(own).exists() else None)
    if program is None:
        return None
    return playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))


class _Silent(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Say nothing: the tests look at pages, not at logs."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve `app` with real threads on a free port and give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def session_cookie(app: Flask, session: Session, person: Person, address: str) -> Any:
    """Return the cookie of a browser in which `person` has just signed in."""
    client = app.test_client()
    sign_in(client, session, person, now=app.config["FIXED_NOW"])
    name = app.config["SESSION_COOKIE_NAME"]
    kept = client.get_cookie(name)
    assert kept is not None
    expires = datetime.now(UTC) + timedelta(days=1)
    return {"name": name, "value": kept.value, "url": address, "expires": expires.timestamp()}


class Watch:
    """What goes wrong behind a page: script errors, policy violations, foreign requests."""

    def __init__(self, page: Page, address: str) -> None:
        self.complaints: list[str] = []
        self._address = address
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        text = message.text
        is_refusal = text.startswith("Failed to load resource") and any(
            status in text for status in _REFUSALS
        )
        if message.type in {"error", "warning"} and not is_refusal:
            self.complaints.append(f"console {message.type}: {text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self._address, "data:", "blob:", "about:")):
            self.complaints.append(f"request to elsewhere: {request.url}")


def accessibility_faults(page: Page, *, only: str | None = None) -> list[str]:
    """Return what axe finds wrong on the page as it stands, one line per rule.

    `only` names the one rule to check, where the rest was checked before.
    """
    # Colours that are still fading into another scheme would be measured half way.
    page.evaluate("document.getAnimations().forEach(animation => animation.finish())")
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "only => axe.run(document, {resultTypes: ['violations'], ...(only && {runOnly: [only]})})",
        only,
    )
    return [
        f"{rule['id']}: {rule['help']} — {[node['html'][:120] for node in rule['nodes']][:3]}"
        for rule in found["violations"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Tell whether the page as a whole is wider than its window."""
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )
