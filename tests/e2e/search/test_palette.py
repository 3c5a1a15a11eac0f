"""The palette and the keys, in a browser: opened, typed into, left; no mouse needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.initiatives import make_company, make_draft
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]

PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""A browser drops keys that are pressed before it has painted a page for the first time."""


@pytest.fixture
def key(session: Session, cast: Cast) -> str:
    """An initiative's key among others."""
    with transaction(session):
        company = make_company(session, cast)
        titles = ("Claim status tracker", "One-page motor quote", "Proactive delay alerts")
        return [make_draft(session, cast, company, title=title) for title in titles][1].key


def opened(page: Page) -> Page:
    page.evaluate(PAINTED)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").first).to_have_attribute("aria-selected", "true")
    return page


class TestPalette:
    def test_opens_an_initiative_by_its_key(self, browse: Browse, cast: Cast, key: str) -> None:
        page = opened(browse(cast.lead, "/journeys"))
        page.keyboard.type(key.lower())
        expect(page.locator("[role=listbox]")).to_have_attribute("data-asked", key.lower())
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/initiatives/{key}")

    def test_enter_before_anything_came_searches_all_the_same(
        self, browse: Browse, cast: Cast, key: str
    ) -> None:
        page = opened(browse(cast.lead, "/journeys"))
        page.keyboard.type(f"{key}\n")
        page.wait_for_url(f"**/search?q={key}")

    def test_is_gone_through_with_arrows(self, browse: Browse, cast: Cast, key: str) -> None:
        page = opened(browse(cast.lead, "/journeys"))
        field = page.get_by_role("combobox", name="Type a command")
        options = page.locator("#palette [role=option]")
        for press, place in (("ArrowDown", 1), ("Home", 0), ("ArrowUp", -1), ("ArrowDown", 0)):
            page.keyboard.press(press)
            chosen = options.nth(place)
            expect(chosen).to_have_attribute("aria-selected", "true")
            expect(field).to_have_attribute(
                "aria-activedescendant", chosen.get_attribute("id") or "none"
            )
        page.keyboard.press("End")
        expect(options.last).to_have_attribute("aria-selected", "true")
        expect(field).to_be_focused()

    def test_escape_gives_the_focus_back(self, browse: Browse, cast: Cast) -> None:
        page = browse(cast.lead, "/initiatives")
        button = page.get_by_role("link", name="Units")
        button.focus()
        opened(page).keyboard.type("ro")
        expect(page.locator("[role=listbox]")).to_have_attribute("data-asked", "ro")
        page.keyboard.press("Escape")
        expect(page.get_by_role("combobox", name="Type a command")).to_be_hidden()
        expect(button).to_be_focused()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(button).to_be_focused()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_is_accessible(self, browse: Browse, cast: Cast, key: str, scheme: str) -> None:
        page = opened(browse(cast.lead, "/journeys", color_scheme=scheme))
        assert accessibility_faults(page) == []
        page.keyboard.type("no such thing")
        expect(page.get_by_text("Nothing that is open to you")).to_have_count(2)
        assert accessibility_faults(page) == []

    def test_fits_a_phone(self, browse: Browse, cast: Cast, key: str) -> None:
        page = browse(cast.lead, "/search?q=a", viewport=PHONE)
        assert not scrolls_sideways(page)
        opened(page)
        assert not scrolls_sideways(page)
        page.get_by_role("button", name="Close").click()
        expect(page.get_by_role("combobox", name="Type a command")).to_be_hidden()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_its_page_is_accessible(
        self, browse: Browse, cast: Cast, key: str, scheme: str
    ) -> None:
        for words in ("", key, "no such thing"):
            page = browse(cast.lead, f"/search?q={words}", color_scheme=scheme)
            assert accessibility_faults(page) == [], words

    def test_search_works_without_scripts(self, browse: Browse, cast: Cast, key: str) -> None:
        page = browse(cast.lead, "/journeys", java_script_enabled=False)
        page.get_by_role("searchbox", name="Search everything").fill(key)
        page.keyboard.press("Enter")
        page.get_by_role("link", name=f"{key} One-page motor quote").click()
        page.wait_for_url(f"**/initiatives/{key}")


class TestKeys:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_question_mark_lists_the_keys_of_the_page(
        self, browse: Browse, cast: Cast, scheme: str
    ) -> None:
        page = browse(cast.lead, "/initiatives", color_scheme=scheme)
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keys")
        expect(dialog.get_by_text("Propose initiative")).to_be_visible()
        assert accessibility_faults(page) == []
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.keyboard.press("n")
        page.wait_for_url("**/initiatives/new")

    def test_slash_goes_to_the_pages_own_field_or_else_opens_the_palette(
        self, browse: Browse, cast: Cast, key: str
    ) -> None:
        page = browse(cast.lead, "/initiatives")
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox", name="Find")).to_be_focused()
        page.keyboard.type("n?/")
        expect(page.get_by_role("searchbox", name="Find")).to_have_value("n?/")
        page.goto("/journeys")
        page.keyboard.press("/")
        expect(page.get_by_role("combobox", name="Type a command")).to_be_focused()

    def test_modifiers_are_left_to_the_browser(self, browse: Browse, cast: Cast, key: str) -> None:
        page = browse(cast.lead, "/initiatives")
        for press in ("Control+/", "Alt+n", "Meta+n"):
            page.keyboard.press(press)
        expect(page.get_by_role("searchbox", name="Find")).not_to_be_focused()
        assert page.url.endswith("/initiatives")

    def test_can_be_switched_off(self, browse: Browse, cast: Cast, key: str) -> None:
        page = browse(cast.lead, "/initiatives")
        page.get_by_role("button", name="Keys").click()
        page.get_by_role("checkbox", name="Use single keys").uncheck()
        page.get_by_role("button", name="Close").click()
        page.reload()
        for press in ("n", "/", "?"):
            page.keyboard.press(press)
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("searchbox", name="Find")).not_to_be_focused()
        assert page.url.endswith("/initiatives")
        opened(page)
