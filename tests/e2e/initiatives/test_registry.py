"""The registry by keyboard, by pointer and without scripts: cells, ticks, menus, matrix."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.initiatives import make_candidate, make_company, make_complete, make_draft
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]


@pytest.fixture(autouse=True)
def _three(session: Session, cast: Cast) -> None:
    with transaction(session):
        company = make_company(session, cast)
        make_draft(session, cast, company, title="Ape")
        make_complete(session, cast, company, title="Bee")
        make_candidate(session, cast, company, title="Cat")


class TestCells:
    def test_enter_saves_and_escape_leaves_the_row_in_its_place(
        self, browse: Browse, cast: Cast
    ) -> None:
        page = browse(cast.lead, "/initiatives?columns=sponsor.unit")
        row = page.get_by_role("row").filter(has_text="CX-101")
        row.hover()
        row.get_by_label("Edit initiative of CX-101").click()
        title = page.get_by_label("Initiative of CX-101", exact=True)
        expect(title).to_be_focused()
        title.fill("Ape in peace")
        assert accessibility_faults(page) == []
        title.press("Enter")
        expect(row).to_contain_text("Ape in peace")
        expect(row.get_by_label("Edit initiative of CX-101")).to_be_focused()
        expect(row.get_by_label("Tick CX-101")).to_be_visible()
        page.keyboard.press("Enter")
        expect(title).to_be_focused()
        title.fill("Something else")
        title.press("Escape")
        expect(row).to_contain_text("Ape in peace")
        expect(title).to_have_count(0)

    def test_say_why_they_are_refused_or_locked(self, browse: Browse, cast: Cast) -> None:
        page = browse(cast.lead, "/initiatives", viewport=PHONE)
        page.get_by_label("Edit initiative of CX-101").click()
        title = page.get_by_label("Initiative of CX-101", exact=True)
        title.fill(" ")
        title.press("Enter")
        expect(page.get_by_text("Give the initiative a title.")).to_be_visible()
        page.get_by_label("Why CX-103 can’t be changed").click()
        expect(page.get_by_text("Reopen it to change it")).to_be_visible()
        assert not scrolls_sideways(page)
        assert accessibility_faults(page) == []

    def test_are_changed_without_scripts(self, browse: Browse, cast: Cast) -> None:
        page = browse(cast.lead, "/initiatives?q=ape&columns=unit", java_script_enabled=False)
        page.get_by_label("Edit organisation unit of CX-101").click()
        page.get_by_label("Organisation unit of CX-101", exact=True).fill("Sales")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Organisation unit of CX-101 is saved.")).to_be_visible()
        assert "q=ape" in page.url


class TestTicks:
    def test_count_and_lead_to_the_preview(self, browse: Browse, cast: Cast) -> None:
        page = browse(cast.lead, "/initiatives")
        expect(page.get_by_role("button", name="Change ticked")).to_be_disabled()
        page.get_by_label("Tick page").check()
        page.get_by_label("Tick CX-102").uncheck()
        page.get_by_role("button", name="Change 2 ticked").click()
        page.get_by_label("Change", exact=True).select_option("unit")
        page.get_by_label("Organisation unit").fill("Sales")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_text("1 change, 1 stay as they are")).to_be_visible()
        assert accessibility_faults(page) == []
        page.get_by_role("button", name="Change 1 initiative").click()
        expect(page.get_by_text("1 initiative is changed now.")).to_be_visible()
        page.get_by_role("button", name="Undo this bulk edit").click()
        expect(page.get_by_text("Undone: 1 as before.")).to_be_visible()
        assert accessibility_faults(page) == []

    def test_lead_there_without_scripts(self, browse: Browse, cast: Cast) -> None:
        page = browse(cast.lead, "/initiatives?q=a", java_script_enabled=False)
        page.get_by_label("Tick CX-101").check()
        page.get_by_role("button", name="Change ticked").click()
        expect(page.get_by_role("heading", name="Change 1 initiative")).to_be_visible()


class TestMenus:
    def test_choose_columns_and_keep_views(self, browse: Browse, cast: Cast) -> None:
        page = browse(cast.lead, "/initiatives", viewport=PHONE)
        page.get_by_text("Columns", exact=True).click()
        page.get_by_label("Sponsor").check()
        assert accessibility_faults(page) == []
        page.get_by_role("button", name="Show columns").click()
        page.get_by_text("Save view", exact=True).click()
        page.get_by_label("Name of the view").press("Escape")
        expect(page.get_by_label("Name of the view")).to_be_hidden()
        page.get_by_text("Save view", exact=True).click()
        page.get_by_label("Name of the view").fill("With sponsors")
        page.get_by_role("button", name="Save as new view").click()
        tab = page.get_by_role("navigation", name="Saved views").get_by_text("With sponsors")
        expect(tab).to_have_attribute("aria-current", "page")
        assert not scrolls_sideways(page)
        page.goto("/initiatives/views")
        assert not scrolls_sideways(page)
        assert accessibility_faults(page) == []


class TestMatrix:
    def test_is_one_stop_of_tab_and_arrows_go_to_every_point(
        self, browse: Browse, cast: Cast
    ) -> None:
        page = browse(cast.lead, "/initiatives")
        page.get_by_role("navigation", name="Layout").get_by_text("Matrix").click()
        points = page.locator("[data-matrix] a")
        expect(points).to_have_count(2)
        expect(page.locator('[data-matrix] a[tabindex="0"]')).to_have_count(1)
        points.last.focus()
        page.keyboard.press("ArrowRight")
        expect(points.first).to_be_focused()
        assert accessibility_faults(page) == []
        page.keyboard.press("Enter")
        page.wait_for_url("**/initiatives/CX-10*")
