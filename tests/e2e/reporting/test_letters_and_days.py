"""The calendar address, the digest and the value bridge as people use them in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]


class TestAccount:
    @pytest.mark.parametrize("scripts", [True, False])
    def test_makes_a_calendar_address_once_and_ends_it(
        self, browse: Browse, cast: Cast, scripts: bool
    ) -> None:
        page = browse(cast.viewer, "/account", java_script_enabled=scripts)
        page.get_by_role("link", name="Calendar", exact=True).last.click()
        page.get_by_role("button", name="Make an address").click()
        shown = page.get_by_text(re.compile(r"/calendar/feed/\S+\.ics"))
        expect(shown).to_be_visible()
        page.get_by_role("link", name="Your account").click()
        page.get_by_role("link", name="Calendar", exact=True).last.click()
        expect(shown).to_have_count(0)
        page.get_by_role("button", name="End it").click()
        expect(page.get_by_text("Your calendar address has ended.")).to_be_visible()

    def test_asks_for_a_digest(self, browse: Browse, cast: Cast) -> None:
        page = browse(cast.lead, "/account")
        page.get_by_label("On Mondays, when something waits for me").check()
        page.get_by_role("button", name="Save digest").click()
        expect(page.get_by_label("On Mondays, when something waits for me")).to_be_checked()


class TestValueBridge:
    def test_leads_from_a_bar_to_its_cause_on_every_width(
        self, browse: Browse, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
        with transaction(session):
            make_commitments(session, cast, now, world)
        for options in ({}, {"viewport": PHONE}, {"color_scheme": "dark"}):
            page = browse(cast.viewer, "/value", **options)
            assert accessibility_faults(page) == [], options
            assert not scrolls_sideways(page), options
            page.get_by_role("link", name=re.compile("^Approved €")).click()
            assert page.url.endswith("#approved-eur")
            page.close()
