"""The roadmap is one tab stop: arrows go through it, Enter looks closer, Esc comes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from app.approvals.models import Commitment
from app.db.session import transaction
from app.initiatives.models import Initiative
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.portfolio import tie
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

Browse = Callable[..., Page]
STOPS = "[...document.querySelectorAll('[data-roadmap], [data-roadmap] a')].filter(e => e.tabIndex >= 0).length"  # noqa: E501
A3_ACROSS = re.compile(rb"/MediaBox \[0 0 119\d(\.\d+)? 84[12]")
TWICE = {"width": 640, "height": 450}
"""What is left of 1280 × 900 when everything is twice as large."""


@pytest.fixture
def commitments(session: Session, cast: Cast, now: datetime) -> dict[str, Commitment]:
    """Three, of which CX-103 needs CX-102 and that needs CX-101."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        made = make_commitments(session, cast, now, world)
        one = {key: session.get_one(Initiative, it.initiative_id) for key, it in made.items()}
        tie(session, one["CX-103"], one["CX-102"], lag=1)
        tie(session, one["CX-102"], one["CX-101"])
    return made


def focused(page: Page) -> str:
    """What the focus says."""
    return str(
        page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent")
    )


def bar_of(page: Page, key: str) -> Locator:
    return page.get_by_role("link", name=re.compile(f"^{key} "))


def lines(page: Page) -> Locator:
    return page.locator(".rm-links path")


class TestKeys:
    def test_go_through_the_chart_from_one_stop(
        self, browse: Browse, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        page = browse(cast.viewer, "/roadmap?zoom=year")
        assert page.evaluate(STOPS) == 1
        page.locator("[data-roadmap] [tabindex='0']").focus()
        assert focused(page).startswith("CX-102")
        page.keyboard.press("ArrowDown")
        assert focused(page).startswith("CX-103")
        page.keyboard.press("ArrowRight")
        assert focused(page).startswith("Hurdle 1")
        page.keyboard.press("End")
        assert focused(page).startswith("Hurdle 3")
        page.keyboard.press("Home")
        assert focused(page) == "Right first time letters"
        page.keyboard.press("Control+End")
        assert focused(page) == "Claim status tracker"
        page.keyboard.press("PageUp")
        assert focused(page) == "Claims"
        assert page.evaluate(STOPS) == 1
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('[data-roadmap]')")
        page.keyboard.press("Shift+Tab")
        assert focused(page) == "Claims"

    def test_look_closer_and_come_back_to_the_mark(
        self, browse: Browse, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        page = browse(cast.manager, "/roadmap?lanes=team")
        bar_of(page, "CX-102").focus()
        name = focused(page)
        assert name.endswith("needs CX-101, needed by CX-103")
        page.keyboard.press("Enter")
        beside = page.locator("#answer")
        expect(beside).to_be_focused()
        expect(beside).to_contain_text("Needed by CX-103 Right first time letters")
        expect(page).to_have_url(re.compile(rf"lanes=team&work={commitments['CX-102'].id}$"))
        assert accessibility_faults(page) == []
        page.keyboard.press("Escape")
        expect(beside).to_have_count(0)
        assert focused(page) == name and "work=" not in page.url

        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(beside).to_contain_text("Criteria")
        page.reload()
        page.get_by_role("link", name="Close").click()
        expect(beside).to_have_count(0)
        assert focused(page).startswith("Hurdle 1")
        page.go_back()
        expect(beside).to_contain_text("Criteria")


class TestDependencies:
    def test_are_drawn_for_the_bar_that_is_focused_or_pointed_at(
        self, browse: Browse, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        page = browse(cast.viewer, "/roadmap?zoom=year")
        expect(lines(page)).to_have_count(0)
        bar_of(page, "CX-102").focus()
        expect(lines(page)).to_have_count(2)
        expect(page.locator(".rm-link--needs")).to_have_count(1)
        bar_of(page, "CX-101").hover(position={"x": 30, "y": 9})
        expect(lines(page)).to_have_count(1)
        page.mouse.move(1, 1)
        expect(lines(page)).to_have_count(2)
        page.get_by_role("link", name="Today").focus()
        expect(lines(page)).to_have_count(0)

    def test_are_said_where_no_script_draws_them(
        self, browse: Browse, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        page = browse(cast.viewer, "/roadmap", java_script_enabled=False)
        bar_of(page, "CX-102").click(position={"x": 30, "y": 9})
        expect(page.locator("#answer")).to_contain_text("Needs CX-101 Claim status tracker")


class TestZoom:
    def test_changes_without_a_new_page_and_is_shared(
        self, browse: Browse, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        page = browse(cast.lead, "/roadmap?lanes=fund")
        page.evaluate("window.same = true")
        for word, zoom in (("Month", "month"), ("Year", "year"), ("Quarter", "quarter")):
            page.get_by_role("link", name=word, exact=True).click()
            expect(page).to_have_url(re.compile(f"lanes=fund&zoom={zoom}$"))
            expect(page.locator(f".rm-axis[data-zoom={zoom}]")).to_be_visible()
        page.get_by_role("link", name="Year", exact=True).click()
        assert page.evaluate("window.same")
        page.get_by_text("Share view").click()
        shared = page.get_by_label("Link to this view").input_value()
        assert shared.endswith("/roadmap?lanes=fund&zoom=year")
        other = browse(cast.cfo, shared.partition("/roadmap")[1] + shared.partition("/roadmap")[2])
        expect(other.locator(".rm-axis[data-zoom=year]")).to_be_visible()
        page.keyboard.press("Escape")
        page.get_by_role("link", name="Owner", exact=True).click()
        expect(page).to_have_url(re.compile("lanes=owner&zoom=year$"))

    def test_is_shared_without_scripts_from_a_field(
        self, browse: Browse, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        page = browse(cast.viewer, "/roadmap?zoom=month", java_script_enabled=False)
        page.get_by_text("Share view").click()
        expect(page.get_by_label("Link to this view")).to_have_value(re.compile("zoom=month$"))


class TestSizes:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_read_well_on_a_phone_and_at_twice_the_size(
        self, browse: Browse, cast: Cast, commitments: dict[str, Commitment], scheme: str
    ) -> None:
        address = f"/roadmap?work={commitments['CX-102'].id}"
        for viewport in (PHONE, TWICE):
            page = browse(
                cast.manager, address, viewport=viewport, color_scheme=scheme,
                reduced_motion="reduce",
            )  # fmt: skip
            page.get_by_text("Share view").click()
            assert accessibility_faults(page) == []
            assert not scrolls_sideways(page)
            page.keyboard.press("Escape")
            page.locator(".rm-bar").last.focus()
            box = page.locator(".rm-bar:focus").bounding_box()
            assert box and box["y"] + box["height"] <= viewport["height"]


class TestPaper:
    @pytest.mark.parametrize("scripts", [True, False])
    def test_is_a_wide_sheet_without_the_screen_s_ways(
        self, browse: Browse, cast: Cast, commitments: dict[str, Commitment], scripts: bool
    ) -> None:
        page = browse(
            cast.viewer, "/roadmap?zoom=year", color_scheme="dark", java_script_enabled=scripts
        )  # fmt: skip
        sheet = page.pdf(prefer_css_page_size=True)
        assert A3_ACROSS.search(sheet)
        page.emulate_media(media="print")
        expect(page.locator(".rm-paper")).to_be_visible()
        expect(page.locator(".rm-axis:visible")).to_have_count(1)
        for way in (".tabs", ".segmented", ".share", ".rail"):
            expect(page.locator(way).first).to_be_hidden()
        cut = page.locator("[data-roadmap]").evaluate("e => e.scrollWidth > e.clientWidth + 1")
        assert not cut
