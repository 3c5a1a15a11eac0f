"""The workbench in a browser: change a number, see what it does, keep it, run it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.jobs.services import claim
from app.portfolio.queries import get_run
from app.portfolio.rules import InquiryKind
from app.portfolio.services.answering import answer_inquiry
from app.portfolio.services.inquiries import KIND, ask
from tests.factories.accounts import Cast
from tests.factories.portfolio import (
    SOLVER_MEMORY,
    HandJob,
    Portfolio,
    begin,
    carry_out,
    make_portfolio,
)
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

A_WHILE = 30_000


@pytest.fixture
def portfolio(session: Session, cast: Cast, now: datetime) -> Portfolio:
    """The small world with a finished run."""
    with transaction(session):
        made = make_portfolio(session, cast)
    begin(session, made.scenario.id, actor=cast.lead, now=now)
    carry_out(session, now)
    return made


@pytest.fixture
def here(portfolio: Portfolio) -> str:
    return f"/scenarios/{portfolio.scenario.id}"


def answer(session: Session, cast: Cast, now: datetime, kind: InquiryKind) -> None:
    """Ask beside the first run and work it out."""
    with transaction(session):
        ask(session, get_run(session, 1), kind, actor=cast.lead, now=now)
    with transaction(session):
        job = claim(session, worker="hand", kinds=frozenset({KIND}), now=now)
    assert job is not None
    taken = HandJob(session, job, now)
    session.rollback()
    answer_inquiry(taken, memory_bytes=SOLVER_MEMORY)
    session.expire_all()


def looks_right(page: Page) -> None:
    assert accessibility_faults(page) == []
    assert not scrolls_sideways(page)


class TestWhatIf:
    def test_a_budget_is_changed_tried_kept_and_run(
        self, session: Session, cast: Cast, browse: Callable[..., Page], here: str, now: datetime
    ) -> None:
        page = browse(cast.lead, here)
        page.get_by_label("All funds", exact=True).fill("1,000,000")
        page.get_by_label("All funds", exact=True).press("Tab")
        expect(page.get_by_label("Capex", exact=True)).to_have_value("833,333")
        trial = page.get_by_role("region", name="What-if, not saved")
        expect(trial).to_be_visible(timeout=A_WHILE)
        expect(trial).to_contain_text("on this run")
        expect(page).to_have_url(re.compile(rf"{here}\?fund-\d+=833333\.00&fund-\d+=166667\.00$"))
        looks_right(page)
        page.reload()
        expect(page.get_by_label("Capex", exact=True)).to_have_value("833,333.00")
        expect(trial).to_contain_text("on this run", timeout=A_WHILE)
        trial.get_by_role("button", name="Keep as scenario limits and run").click()
        expect(page).to_have_url(re.compile(rf"{here}\?run=2$"))
        expect(page.get_by_label("All funds", exact=True)).to_have_value("1,000,000.00")
        expect(page.get_by_role("button", name="Stop and keep best")).to_be_visible()
        carry_out(session, now)
        expect(page.get_by_role("link", name="Changed")).to_be_visible(timeout=A_WHILE)
        looks_right(page)

    def test_a_slider_moves_its_fund_and_the_total(
        self, cast: Cast, browse: Callable[..., Page], here: str
    ) -> None:
        page = browse(cast.lead, here)
        slider = page.get_by_role("slider", name="Capex, slider")
        slider.fill("900000")
        expect(page.get_by_label("All funds", exact=True)).to_have_value("1,140,000")
        expect(page.get_by_role("region", name="What-if, not saved")).to_be_visible(timeout=A_WHILE)

    def test_pins_are_tried_one_after_the_other_and_taken_back(
        self, cast: Cast, browse: Callable[..., Page], here: str
    ) -> None:
        page = browse(cast.lead, here)
        trial = page.get_by_role("region", name="What-if, not saved")
        page.get_by_role("button", name=re.compile("^Try without")).first.click()
        expect(trial).to_contain_text("left out", timeout=A_WHILE)
        page.locator("tr.is-left summary").first.click()
        page.get_by_role("button", name="Try it in").locator("visible=true").click()
        expect(trial).to_contain_text("forced in", timeout=A_WHILE)
        expect(trial).to_contain_text("left out")
        trial.get_by_role("button", name=re.compile("^Not .* left out")).click()
        expect(trial.get_by_role("button", name=re.compile("left out"))).to_have_count(
            0, timeout=A_WHILE
        )
        looks_right(page)

    def test_works_without_scripts(
        self, cast: Cast, browse: Callable[..., Page], here: str
    ) -> None:
        page = browse(cast.lead, here, java_script_enabled=False)
        page.get_by_label("All funds", exact=True).fill("1,000,000")
        page.get_by_role("button", name="What if?").click()
        trial = page.get_by_role("region", name="What-if, not saved")
        expect(trial).to_be_visible(timeout=A_WHILE)
        expect(page.get_by_label("Capex", exact=True)).to_have_value("833,333.33")
        trial.get_by_role("button", name="Keep as scenario limits and run").click()
        expect(page).to_have_url(re.compile(rf"{here}\?run=2$"))
        expect(page.get_by_text("A worker will take it")).to_be_visible()


class TestAskBeside:
    def test_goes_where_the_answer_appears(
        self, cast: Cast, browse: Callable[..., Page], here: str
    ) -> None:
        page = browse(cast.lead, here)
        page.get_by_role("button", name="Draw it").click()
        expect(page).to_have_url(re.compile(rf"{here}\?run=1#frontier$"))
        expect(page.locator("#frontier")).to_be_focused()


class TestRun:
    def test_starts_by_the_keyboard(
        self, cast: Cast, browse: Callable[..., Page], here: str
    ) -> None:
        page = browse(cast.lead, here)
        page.keyboard.press("Control+Enter")
        expect(page).to_have_url(re.compile(rf"{here}\?run=\d+$"))


class TestRemedies:
    def test_more_money_is_applied_where_it_brings_one_in(
        self, session: Session, cast: Cast, browse: Callable[..., Page], here: str, now: datetime
    ) -> None:
        answer(session, cast, now, InquiryKind.EXPLAIN)
        page = browse(cast.lead, here)
        page.locator("tr.is-left summary").first.click()
        looks_right(page)
        page.get_by_role("button", name="Force in and run").locator("visible=true").click()
        expect(page).to_have_url(re.compile(rf"{here}\?run=2$"))
        expect(page.get_by_text("is funded")).to_be_visible()
        carry_out(session, now)
        expect(page.get_by_text("Funding line")).to_be_visible(timeout=A_WHILE)


class TestLook:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_fits_a_desk_and_a_phone(
        self,
        session: Session,
        cast: Cast,
        browse: Callable[..., Page],
        here: str,
        now: datetime,
        scheme: str,
    ) -> None:
        answer(session, cast, now, InquiryKind.FRONTIER)
        for viewport in ({"width": 1440, "height": 900}, PHONE):
            page = browse(cast.lead, here, viewport=viewport, color_scheme=scheme)
            expect(page.get_by_text("What each budget can buy").first).to_be_visible()
            looks_right(page)
        result = page.get_by_role("heading", name="Result")
        limits = page.get_by_role("heading", name="Limits", exact=True)
        above, below = result.bounding_box(), limits.bounding_box()
        assert above is not None and below is not None
        assert above["y"] < below["y"]
