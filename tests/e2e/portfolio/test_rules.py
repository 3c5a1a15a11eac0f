"""Rules of every kind in a browser: only their fields, on a phone too, and broken ones say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.portfolio.rules.demands import DemandKind
from tests.factories.accounts import Cast
from tests.factories.portfolio import begin, carry_out, make_portfolio
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways


class TestRules:
    def test_every_kind_fits_a_phone(
        self, browse: Callable[..., Page], session: Session, cast: Cast
    ) -> None:
        with transaction(session):
            portfolio = make_portfolio(session, cast)
        here = f"/scenarios/{portfolio.scenario.id}/rules"
        page = browse(cast.lead, here, viewport=PHONE)
        for kind in DemandKind:
            page.goto(f"{here}?kind={kind.value}")
            expect(page.get_by_role("heading", name=kind.word)).to_be_visible()
            assert not scrolls_sideways(page), kind
            assert accessibility_faults(page) == [], kind

    def test_a_soft_rule_is_added_and_paid_for(
        self, browse: Callable[..., Page], session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            portfolio = make_portfolio(session, cast)
        page = browse(cast.lead, f"/scenarios/{portfolio.scenario.id}/rules?kind=change_load")
        page.get_by_label("How many at a time").fill("0")
        page.get_by_label("May be broken for").fill("1,000")
        page.get_by_role("button", name="Add rule").click()
        said = "At most 0 initiatives live at a time; may be broken"
        expect(page.get_by_text(said)).to_be_visible()
        session.expire_all()
        run_id = begin(session, portfolio.scenario.id, actor=cast.lead, now=now)
        carry_out(session, now)
        page.goto(f"/runs/{run_id}")
        expect(page.get_by_text("initiative too many in a quarter; €")).to_be_visible()
        assert accessibility_faults(page) == []
        page.set_viewport_size(PHONE)
        assert not scrolls_sideways(page)
