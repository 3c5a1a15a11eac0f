"""Somebody answers a question in the browser and never presses Save."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.initiatives.models import Initiative
from tests.factories.accounts import Cast
from tests.factories.initiatives import make_company, make_draft
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

pytestmark = pytest.mark.browser

GOALS = "Business goals"


@pytest.fixture
def draft(session: Session, cast: Cast) -> Initiative:
    with transaction(session):
        return make_draft(session, cast, make_company(session, cast))


def words(page: Page) -> str:
    return page.locator("[data-save-words]").inner_text()


class TestTyping:
    def test_is_saved_by_itself_and_there_after_a_reload(
        self, browse: Callable[..., Page], cast: Cast, draft: Initiative
    ) -> None:
        page = browse(cast.lead, f"/initiatives/{draft.key}/questions/goals", viewport=PHONE)
        page.get_by_label(GOALS).press_sequentially("Fewer calls.")
        expect(page.locator("[data-save-words]")).to_contain_text("Saved ")
        # “Saved” still stands there from the words before: the answer is what tells.
        with page.expect_response(lambda answer: "And+sooner" in (answer.request.post_data or "")):
            page.get_by_label(GOALS).press_sequentially(" And sooner.")
            page.get_by_role("heading", level=1).click()
        expect(page.locator("[data-save-words]")).to_contain_text("Saved ")

        page.reload()

        expect(page.get_by_label(GOALS)).to_have_value("Fewer calls. And sooner.")
        assert not scrolls_sideways(page)
        assert accessibility_faults(page) == []

    def test_goes_along_when_one_leaves_by_a_link_at_once(
        self, browse: Callable[..., Page], cast: Cast, draft: Initiative
    ) -> None:
        page = browse(cast.lead, f"/initiatives/{draft.key}/questions/goals")
        page.get_by_label(GOALS).press_sequentially("Fewer calls.")
        page.get_by_role("link", name="All questions").click()

        expect(page.get_by_text("Fewer calls.")).to_be_visible()

    def test_and_saving_at_the_same_moment_do_not_quarrel(
        self, browse: Callable[..., Page], cast: Cast, draft: Initiative
    ) -> None:
        page = browse(cast.lead, f"/initiatives/{draft.key}/questions/goals")
        page.get_by_label(GOALS).press_sequentially("Fewer calls.")
        page.get_by_role("button", name="Save", exact=True).click()

        expect(page.get_by_text("Goals saved.")).to_be_visible()
        expect(page.get_by_label(GOALS)).to_have_value("Fewer calls.")

    def test_what_is_too_long_stands_at_its_field_and_survives_a_reload(
        self, browse: Callable[..., Page], cast: Cast, draft: Initiative
    ) -> None:
        page = browse(cast.lead, f"/initiatives/{draft.key}/questions/goals")
        page.get_by_label(GOALS).fill("x" * 20_001)
        page.get_by_role("heading", level=1).click()
        expect(page.locator("#goals-error")).to_contain_text("Shorten this")
        expect(page.locator("[data-save-words]")).to_contain_text("Not saved: ")
        assert accessibility_faults(page) == []

        page.reload()

        expect(page.get_by_label(GOALS)).to_have_value("x" * 20_001)
        page.get_by_label(GOALS).fill("Short.")
        page.get_by_role("heading", level=1).click()
        expect(page.locator("[data-save-words]")).to_contain_text("Saved ")
        expect(page.locator("#goals-error")).to_have_count(0)

    def test_stops_before_what_somebody_else_saved_and_shows_both(
        self, browse: Callable[..., Page], cast: Cast, draft: Initiative
    ) -> None:
        here = f"/initiatives/{draft.key}/questions/goals"
        mine, theirs = browse(cast.owner, here), browse(cast.lead, here)
        theirs.get_by_label(GOALS).fill("Theirs")
        theirs.get_by_role("heading", level=1).click()
        expect(theirs.locator("[data-save-words]")).to_contain_text("Saved ")

        mine.get_by_label(GOALS).fill("Mine")
        mine.get_by_role("heading", level=1).click()

        expect(mine.get_by_role("region", name="Two versions")).to_contain_text("Theirs")
        expect(mine.locator("[data-save-words]")).to_contain_text("Not saved: Somebody else")
        assert accessibility_faults(mine) == []
        mine.get_by_role("button", name="Save", exact=True).click()
        expect(mine.get_by_text("Goals saved.")).to_be_visible()
        theirs.reload()
        expect(theirs.get_by_label(GOALS)).to_have_value("Mine")
