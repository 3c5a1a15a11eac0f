"""Two people talk about an initiative in the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.initiatives.models import Initiative
from tests.factories.accounts import Cast
from tests.factories.initiatives import make_company, make_submitted
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

pytestmark = pytest.mark.browser


@pytest.fixture
def here(session: Session, cast: Cast) -> str:
    with transaction(session):
        made: Initiative = make_submitted(session, cast, make_company(session, cast))
    return f"/initiatives/{made.key}/discussion"


class TestTalking:
    def test_a_mention_is_chosen_seen_on_home_and_read(
        self, browse: Callable[..., Page], cast: Cast, here: str
    ) -> None:
        page = browse(cast.lead, here)
        box = page.get_by_label("Your comment")
        box.press_sequentially("What do you think, @om")
        expect(page.get_by_role("option", name="Omar Owner")).to_be_visible()
        assert accessibility_faults(page) == []
        box.press("Enter")
        expect(box).to_have_value("What do you think, @Omar Owner ")
        box.press_sequentially("– see https://waymark.test/report.")
        page.get_by_role("button", name="Comment").click()
        expect(page.locator(".thread .mention")).to_have_text("@Omar Owner")
        expect(page.get_by_role("link", name="https://waymark.test/report")).to_be_visible()

        home = browse(cast.owner, "/", viewport=PHONE)
        home.get_by_role("region", name="Mentions").get_by_role("link").first.click()
        expect(home.locator(".thread .is-new")).to_contain_text("What do you think")
        expect(home.get_by_role("button", name="Mark as read")).to_have_count(0)
        assert not scrolls_sideways(home)
        assert accessibility_faults(home) == []
        home.goto("/")
        expect(home.get_by_role("region", name="Mentions")).to_have_count(0)

    def test_works_without_scripts(
        self, browse: Callable[..., Page], cast: Cast, here: str
    ) -> None:
        page = browse(cast.lead, here, java_script_enabled=False)
        page.get_by_label("Your comment").fill("@omar: ready?")
        page.get_by_role("button", name="Comment").click()
        expect(page.locator(".thread")).to_contain_text("@omar: ready?")
        page.get_by_role("link", name="Change it").click()
        page.get_by_label("Comment").fill("@omar: ready now?")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".thread")).to_contain_text("ready now?")

        other = browse(cast.owner, here, java_script_enabled=False)
        other.get_by_role("button", name="Mark as read").click()
        expect(other.get_by_role("button", name="Mark as read")).to_have_count(0)
        page.get_by_role("button", name="Delete").click()
        expect(page.locator(".thread")).to_contain_text("Deleted by Lena Lead")
