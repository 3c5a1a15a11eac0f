"""Every kind of page of the demo company, seen in a browser: wide and narrow, light and dark."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from app.accounts.models import Person
from app.accounts.rules import PERMISSIONS, Role
from app.web.guards import PUBLIC, SIGNED_IN, policy_of
from tests.support.browser import (
    DESKTOP,
    PHONE,
    Watch,
    accessibility_faults,
    scrolls_sideways,
    serving,
    session_cookie,
)
from tests.support.crawl import Crawler
from tests.support.demo import Demo
from tests.support.sign_in import sign_in

FIRST = Role.CX_LEAD
"""Whose pages are all looked at; of the others' only those that look different."""


def _is_seen_by(role: Role, app: Flask, endpoint: str) -> bool:
    policy = policy_of(app.view_functions[endpoint])
    return policy in (PUBLIC, SIGNED_IN) or role in PERMISSIONS[str(policy)]


def _looks(client: Any, address: str) -> set[str]:
    """What makes the look of a page's own part: its elements and their classes."""
    html = client.get(address, loose=True).get_data(as_text=True)
    own = html[html.find("<main") : html.find("</main>")]
    return set(re.findall(r'<\w+|class="[^"]*"', own))


def _complaints(page: Page, address: str, *, is_shaded: bool) -> list[str]:
    """Look at one page in both widths, and in both colour schemes."""
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.goto(address)
    page.emulate_media(color_scheme="light")
    found = [f"{address}: {fault}" for fault in accessibility_faults(page)]
    if is_shaded:
        page.emulate_media(color_scheme="dark")
        faults = accessibility_faults(page, only="color-contrast")
        found += [f"{address}, dark: {fault}" for fault in faults]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    if scrolls_sideways(page):
        found.append(f"{address}: scrolls sideways on a phone")
    return found


class TestEveryPage:
    @pytest.mark.parametrize("role", [FIRST, Role.FINANCE, Role.ADMIN], ids=lambda r: r.value)
    def test_is_accessible_fits_and_makes_no_noise(
        self, demo: Demo, browser: Browser, role: Role
    ) -> None:
        client, person = _client(demo, role)
        first, _ = _client(demo, FIRST)
        found = Crawler(client, per_kind=1).walk().pages
        pages = {kind[0]: address for kind, address in reversed(found.items())}
        assert len(pages) >= 5
        complaints: list[str] = []
        with serving(demo.app) as address, browser.new_context(base_url=address) as context:
            context.add_cookies([session_cookie(demo.app, demo.session, person, address)])
            page = context.new_page()
            watch = Watch(page, address)
            for endpoint, path in pages.items():
                seen = role is not FIRST and _is_seen_by(FIRST, demo.app, endpoint)
                if seen and _looks(client, path) <= _looks(first, path):
                    continue
                # Colours do not depend on the role, so one role's look in the dark is enough.
                complaints += _complaints(page, path, is_shaded=not seen)
        complaints += watch.complaints
        assert not complaints, "\n".join(complaints)


def _client(demo: Demo, role: Role) -> tuple[Any, Person]:
    person = demo.person(role)
    client: Any = demo.app.test_client()
    sign_in(client, demo.session, person, now=demo.app.config["FIXED_NOW"])
    return client, person
