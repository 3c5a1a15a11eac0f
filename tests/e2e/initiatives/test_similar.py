"""A title that is like another is answered while it is typed."""

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


class TestTyping:
    def test_shows_what_is_there_already_and_takes_it_away_again(
        self, browse: Callable[..., Page], session: Session, cast: Cast
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, make_company(session, cast))
        page = browse(cast.lead, "/initiatives/new", viewport=PHONE)
        title = page.get_by_label("Title")
        title.press_sequentially("Claims tracker")
        found = page.get_by_role("region", name="Similar initiatives")
        expect(found).to_contain_text(made.key)
        expect(title).to_have_value("Claims tracker")
        expect(title).to_be_focused()
        assert not scrolls_sideways(page)
        assert accessibility_faults(page) == []
        title.fill("Callback")
        expect(found).to_have_count(0)
