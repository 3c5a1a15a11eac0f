"""Booking what was paid in a browser: a file and one payment, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import decide, measure, tranches_of
from tests.factories.spending import account_of, spend
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]


@pytest.fixture
def paying(session: Session, cast: Cast, now: datetime) -> int:
    """CX-101, whose first hurdle released its money."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        commitment_id = make_commitments(session, cast, now, world)["CX-101"].id
    first = tranches_of(session, commitment_id)[0]
    with transaction(session):
        measure(session, first, 17, actor=cast.manager, now=now)
        decide(session, first, HurdleAction.RELEASE, actor=cast.cfo, now=now)
    return commitment_id


class TestSpending:
    @pytest.mark.parametrize("scripts", [True, False])
    def test_books_a_file_after_a_dry_run_and_takes_a_payment_back(
        self, browse: Browse, session: Session, cast: Cast, now: datetime, paying: int,
        scripts: bool,
    ) -> None:  # fmt: skip
        account = account_of(session, paying)
        fund = next(iter(account.funds.values()))
        content = (
            "initiative,fund,paid_on,amount,reference,quarter\n"
            f"CX-101,{fund},{now.date()},1250.50,R-1,{account.start}\n"
        )
        session.rollback()
        page = browse(cast.cfo, "/ledger", java_script_enabled=scripts)
        page.get_by_role("link", name="Book spend").click()
        page.get_by_role("link", name="Import payments").click()
        page.get_by_label("File", exact=True).set_input_files(
            {"name": "actuals.csv", "mimeType": "text/csv", "buffer": content.encode()}
        )
        page.get_by_role("button", name="Read the file").click()
        page.get_by_role("button", name="Check the rows").click()
        expect(page.get_by_text("Nothing is booked yet.")).to_be_visible()
        page.get_by_role("button", name="Book 1 payment").click()
        expect(page.get_by_text("1 payment of €1,250.50 booked.")).to_be_visible()
        page.goto("/ledger")
        page.get_by_role("link", name="Payment").first.click()
        page.get_by_label("Reason").fill("Wrong invoice")
        page.get_by_role("button", name="Take back").click()
        expect(page.get_by_text("Taken back; the money is released")).to_be_visible()

    def test_reads_well_for_everybody_on_every_width(
        self, browse: Browse, session: Session, cast: Cast, now: datetime, paying: int
    ) -> None:
        with transaction(session):
            transfer_id = spend(session, paying, 10_00, actor=cast.cfo, now=now)
        paths = ("/ledger?by=quarter", "/ledger/exposure", "/ledger/spend")
        for path in (*paths, f"/ledger/spend/{transfer_id}"):
            for options in ({}, {"viewport": PHONE}, {"color_scheme": "dark"}):
                page = browse(cast.cfo2, path, **options)
                assert accessibility_faults(page) == [], (path, options)
                assert not scrolls_sideways(page), (path, options)
                page.close()
