"""From the frozen plan to the ledger in a browser: with scripts and without, wide and narrow."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_world
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]


@pytest.fixture
def proposal_id(session: Session, cast: Cast, now: datetime) -> int:
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return make_proposal(session, cast, now, world).id


class TestDeciding:
    @pytest.mark.parametrize("scripts", [True, False])
    def test_leaves_an_item_out_sees_what_remains_and_approves(
        self, browse: Browse, cast: Cast, proposal_id: int, scripts: bool
    ) -> None:
        page = browse(cast.cfo, f"/proposals/{proposal_id}", java_script_enabled=scripts)
        page.get_by_label("Leave out CX-101").check()
        page.get_by_label("Reason").fill("Not before the new platform")
        page.get_by_role("button", name=re.compile("^Approve €")).click()
        expect(page.get_by_text("Nothing was decided").first).to_be_visible()
        page.get_by_label("Leave out CX-102").check()
        page.get_by_role("button", name="Show what remains").click()
        expect(page.get_by_role("button", name="Approve without 2 items")).to_be_visible()
        page.get_by_label("Leave out CX-102").uncheck()
        page.get_by_role("button", name="Show what remains").click()
        expect(page.get_by_text("Leaving out CX-101 frees")).to_be_visible()
        expect(page.get_by_label("Reason")).to_have_value("Not before the new platform")
        page.get_by_role("button", name="Approve without 1 item").click()
        expect(page.get_by_text("Approved and committed.")).to_be_visible()
        page.get_by_role("link", name="Ledger", exact=True).first.click()
        expect(page.get_by_role("heading", name="Ledger")).to_be_visible()
        assert page.get_by_text("Approved in round 1").count() == 2

    def test_reads_well_for_everybody_on_every_width(
        self, browse: Browse, cast: Cast, proposal_id: int
    ) -> None:
        for path in (f"/proposals/{proposal_id}", "/proposals", "/ledger"):
            for options in ({}, {"viewport": PHONE}, {"color_scheme": "dark"}):
                page = browse(cast.cfo2, path, **options)
                assert accessibility_faults(page) == [], (path, options)
                assert not scrolls_sideways(page), (path, options)
                page.close()

    def test_takes_the_board_pack_along(self, browse: Browse, cast: Cast, proposal_id: int) -> None:
        page = browse(cast.viewer, f"/proposals/{proposal_id}")
        pack = page.locator(
            "section, aside div", has=page.get_by_role("heading", name="Board pack")
        )
        for name, ending in (("PDF", ".pdf"), ("Spreadsheet", ".xlsx")):
            with page.expect_download() as taken:
                pack.get_by_role("link", name=name).first.click()
            assert taken.value.suggested_filename.startswith("board-pack-")
            assert taken.value.suggested_filename.endswith(ending)
