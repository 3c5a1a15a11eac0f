"""The components in a real browser: light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import (
    DESKTOP,
    PHONE,
    Watch,
    accessibility_faults,
    scrolls_sideways,
    serving,
)
from tests.web.components.gallery_app import PAGES, create_gallery


@pytest.fixture(scope="module")
def gallery_address() -> Iterator[str]:
    with serving(create_gallery()) as address:
        yield address


@pytest.fixture
def look(browser: Browser, gallery_address: str) -> Iterator[Callable[..., Page]]:
    """Open a page of the gallery; the test fails on anything the browser complains about."""
    watches: list[Watch] = []
    contexts = []

    def open_page(path: str, **options: object) -> Page:
        context = browser.new_context(
            **{"viewport": DESKTOP, "base_url": gallery_address, **options}
        )
        contexts.append(context)
        page = context.new_page()
        watches.append(Watch(page, gallery_address))
        page.goto(f"/gallery/{path}", wait_until="networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [complaint for watch in watches for complaint in watch.complaints] == []


class TestEveryPage:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("name", PAGES)
    def test_is_accessible_on_a_desk(
        self, look: Callable[..., Page], name: str, scheme: str
    ) -> None:
        page = look(f"{name}?broken=1&flash=1", color_scheme=scheme)
        assert accessibility_faults(page) == []
        assert not scrolls_sideways(page)

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("name", PAGES)
    def test_fits_a_phone(self, look: Callable[..., Page], name: str, scheme: str) -> None:
        page = look(f"{name}?flash=1", color_scheme=scheme, viewport=PHONE, has_touch=True)
        assert not scrolls_sideways(page)
        assert accessibility_faults(page) == []


class TestAppearance:
    def test_choice_of_the_person_beats_the_system(self, look: Callable[..., Page]) -> None:
        page = look("parts?theme=dark", color_scheme="light")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(12, 15, 19)"


class TestRows:
    def test_spare_rows_wait_behind_the_button(self, look: Callable[..., Page]) -> None:
        page = look("forms")
        rows = page.locator("[data-row]:visible")
        expect(rows).to_have_count(2)
        for _ in range(3):
            page.get_by_role("button", name="Add a milestone").click()
        expect(rows).to_have_count(5)
        page.get_by_label("Milestone, row 5").fill("Full evidence")
        assert page.get_by_label("Milestone, row 5").get_attribute("name") == "milestones-4-title"
        page.get_by_role("button", name="Clear row 1").click()
        assert page.locator("[name=milestones-0-title]").input_value() == ""

    def test_all_rows_show_without_scripts(self, look: Callable[..., Page]) -> None:
        page = look("forms", java_script_enabled=False)
        expect(page.locator("[data-row]:visible")).to_have_count(4)


class TestRoadmap:
    def test_is_one_tab_stop_with_arrows_inside(self, look: Callable[..., Page]) -> None:
        page = look("roadmap")
        assert page.locator(".rm-track a[tabindex='0']").count() == 1
        page.locator(".rm-track a[tabindex='0']").focus()
        before = page.evaluate("document.activeElement.getAttribute('href')")
        page.keyboard.press("ArrowRight")
        after = page.evaluate("document.activeElement.getAttribute('href')")
        assert (before, after) == ("/gates/31", "/gates/32")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "/gates/40"


class TestKeys:
    def test_slash_goes_to_the_search_field(self, look: Callable[..., Page]) -> None:
        page = look("table")
        page.keyboard.press("/")
        expect(page.locator("main input[type=search]")).to_be_focused()

    def test_phone_menu_opens_and_closes(self, look: Callable[..., Page]) -> None:
        page = look("parts", viewport=PHONE)
        page.get_by_text("More", exact=True).click()
        expect(page.get_by_role("link", name="Gate calendar")).to_be_visible()
        assert accessibility_faults(page) == []
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="Gate calendar")).to_be_hidden()


class TestProgress:
    def test_asks_for_itself_until_the_run_has_ended(self, look: Callable[..., Page]) -> None:
        page = look("workbench")
        expect(page.get_by_text("Searching for better plans")).to_be_visible()
        expect(page.get_by_text("Proven optimal after 1.8 s")).to_be_visible()
        expect(page.get_by_role("button", name="Stop and keep best")).to_have_count(0)
