"""A CX lead pastes milestones, says which column is which, and saves what differs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.initiatives.services import add_milestone, add_option
from tests.factories.accounts import Cast
from tests.factories.initiatives import make_company, make_draft, milestone_draft, option_draft
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

pytestmark = pytest.mark.browser


@pytest.fixture
def key(session: Session, cast: Cast, now: datetime) -> str:
    with transaction(session):
        company = make_company(session, cast)
        one = make_draft(session, cast, company)
        terms: dict[str, Any] = {"expected_version": None, "actor": cast.lead, "now": now}
        add_option(session, one, option_draft(company), **terms)
        add_milestone(session, one, milestone_draft(), **terms)
        return one.key


class TestMilestones:
    @pytest.mark.parametrize("scripts", [True, False])
    def test_come_in_by_four_steps(
        self, browse: Callable[..., Page], cast: Cast, key: str, scripts: bool
    ) -> None:
        page = browse(cast.lead, "/import", java_script_enabled=scripts)
        page.get_by_role("link", name="Milestones", exact=True).click()
        page.get_by_label("Or paste rows").fill(
            f"Key\tHurdle\tDay\n{key}\tPilot evidence\t2027-10-31"
        )
        page.get_by_role("button", name="Read the file").click()
        expect(page.get_by_label("Due on (optional)")).to_have_value("Day")
        if scripts:
            assert accessibility_faults(page) == []
        page.get_by_role("button", name="Check the rows").click()
        expect(page.get_by_role("cell", name="31 Oct 2027")).to_be_visible()
        page.get_by_role("button", name="Save 1 initiative").click()
        expect(page.get_by_text("1 cell of milestones saved.")).to_be_visible()

    def test_fit_a_phone(self, browse: Callable[..., Page], cast: Cast, key: str) -> None:
        for address in ("/import", "/import/milestones"):
            assert not scrolls_sideways(browse(cast.lead, address, viewport=PHONE))
