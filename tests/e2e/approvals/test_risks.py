"""What could go wrong and what striking out costs, asked for and read in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.approvals.services import submit_proposal
from app.db.session import transaction
from app.portfolio.queries import get_run
from app.portfolio.rules import InquiryKind
from app.portfolio.services.inquiries import ask
from tests.factories.accounts import Cast
from tests.factories.approvals import make_unsure_run
from tests.integration.portfolio.test_inquiries import work
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]


@pytest.fixture
def run_id(session: Session, cast: Cast, now: datetime) -> int:
    return make_unsure_run(session, cast, now)


@pytest.fixture
def path(session: Session, cast: Cast, now: datetime, run_id: int) -> str:
    with transaction(session):
        run = get_run(session, run_id)
        return f"/proposals/{submit_proposal(session, run, note='', actor=cast.lead, now=now).id}"


class TestStriking:
    @pytest.mark.parametrize("scripts", [True, False])
    def test_is_priced_while_a_reason_is_being_written(
        self, browse: Browse, session: Session, cast: Cast, now: datetime, path: str, scripts: bool
    ) -> None:
        page = browse(cast.cfo, path, java_script_enabled=scripts)
        page.get_by_label("Reason").fill("Half a")
        page.get_by_role("button", name="Price every striking-out").click()
        expect(page.get_by_text("Marginal values Waiting for a worker")).to_be_visible()
        expect(page.get_by_label("Reason")).to_have_value("Half a")
        assert page.get_by_role("button", name="Price every striking-out").count() == 0
        page.get_by_label("Reason").fill("Half a sentence")
        work(session, now)
        if scripts:
            expect(page.get_by_text("What was asked is answered.")).to_be_visible(timeout=20_000)
        page.get_by_role("button", name="Show it" if scripts else "Refresh").click()
        expect(page.get_by_label("Reason")).to_have_value("Half a sentence")
        row = page.get_by_role("cell", name="Striking it out costs").first
        expect(row).to_contain_text("if its money is put to its best other use")
        assert page.get_by_role("button", name="Price every striking-out").count() == 0

    def test_and_all_risks_read_well_for_everybody_on_every_width(
        self, browse: Browse, session: Session, cast: Cast, now: datetime, path: str, run_id: int
    ) -> None:
        for kind in (InquiryKind.OUTLOOK, InquiryKind.PRICE, InquiryKind.MARGINAL):
            with transaction(session):
                ask(session, get_run(session, run_id), kind, actor=cast.lead, now=now)
            if kind is not InquiryKind.MARGINAL:
                work(session, now)
        for options in ({}, {"viewport": PHONE}, {"color_scheme": "dark"}):
            page = browse(cast.cfo, path, **options)
            expect(page.get_by_role("heading", name="What could go wrong")).to_be_visible()
            expect(page.get_by_text("Chance of a loss")).to_be_visible()
            assert accessibility_faults(page) == [], options
            assert not scrolls_sideways(page), options
            page.close()
        work(session, now)
        for options in ({}, {"viewport": PHONE}, {"color_scheme": "dark"}):
            page = browse(cast.cfo, path, **options)
            assert accessibility_faults(page) == [], options
            assert not scrolls_sideways(page), options
            page.close()
