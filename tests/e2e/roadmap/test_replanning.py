"""Bars and diamonds move by mouse and by keys, are reviewed and saved, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.approvals.models import Commitment
from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

Browse = Callable[..., Page]


@pytest.fixture
def commitments(session: Session, cast: Cast, now: datetime) -> dict[str, Commitment]:
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return make_commitments(session, cast, now, world)


class TestAPlanIsMoved:
    def test_with_keys_and_by_dragging_then_reviewed_and_saved(
        self, browse: Browse, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        page = browse(cast.manager, "/roadmap?zoom=quarter")
        pending = page.locator("[data-plan-draft]")
        bar = page.get_by_role("link", name="CX-101 Claim status tracker, 1 Apr 2027")
        expect(pending).to_be_hidden()

        bar.focus()
        page.keyboard.press("Alt+ArrowRight")
        page.keyboard.press("Alt+ArrowRight")
        expect(pending).to_contain_text("1 moved, not saved")
        assert page.url.endswith(f"bar={commitments['CX-101'].id}:2")
        says = page.locator("[data-announces]")
        expect(says).to_have_text("CX-101 Claim status tracker: 2 months later, not saved.")
        page.keyboard.press("Escape")
        expect(pending).to_be_hidden()
        page.keyboard.press("Alt+ArrowRight")
        expect(pending).to_contain_text("1 moved, not saved")

        diamond = page.get_by_role("group", name="CX-103").get_by_role("link").nth(3)
        place = diamond.bounding_box()
        assert place
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 40, y, steps=4)
        page.mouse.up()
        expect(pending).to_contain_text("2 moved, not saved")
        assert "/roadmap?" in page.url and "gate=" in page.url
        page.reload()
        expect(pending).to_contain_text("2 moved, not saved")
        page.get_by_role("link", name="Year", exact=True).click()
        expect(page).to_have_url(re.compile("zoom=year.*bar=.*gate="))
        page.get_by_role("link", name="Owner", exact=True).click()
        expect(page).to_have_url(re.compile("lanes=owner.*bar=.*gate=.*zoom=year"))
        expect(pending).to_contain_text("2 moved, not saved")

        bar.focus()
        page.keyboard.press("r")
        expect(page.get_by_role("heading", name="Review changes")).to_be_visible()
        expect(page.get_by_role("row", name="Start 1 Apr 2027 1 May 2027")).to_be_visible()
        expect(page.get_by_role("region", name="CX-103 Right first time letters")).to_be_visible()
        assert accessibility_faults(page) == []
        page.get_by_label("Reason").select_option("Team not free")
        page.get_by_role("button", name="Save as a plan version").click()
        expect(page.get_by_role("status")).to_contain_text("Saved as a plan version")
        assert accessibility_faults(page) == []
        page.goto("/roadmap/versions")
        expect(page.get_by_role("link", name=re.compile("version 1"))).to_be_visible()
        assert accessibility_faults(page) == []

    def test_on_a_phone_without_scripts_by_forms(
        self, browse: Browse, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        page = browse(cast.manager, "/roadmap", viewport=PHONE, java_script_enabled=False)
        page.get_by_role("link", name="Move CX-101 by months").click()
        page.get_by_label("How many").fill("1")
        page.get_by_role("button", name="Review the move").click()
        expect(page.get_by_text("1 initiative moved, not saved")).to_be_visible()
        assert not scrolls_sideways(page)
