"""A criterion is amended by two people, in a browser: asked for, seen, agreed, judged anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import measure, tranches_of
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]


@pytest.fixture
def gate(session: Session, cast: Cast, now: datetime) -> str:
    """A hurdle that misses what was approved."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        commitment = make_commitments(session, cast, now, world)["CX-101"]
    first = tranches_of(session, commitment.id)[0]
    with transaction(session):
        measure(session, first, 13, actor=cast.manager, now=now)
    session.rollback()
    return f"/gates/{first.id}"


class TestAmending:
    @pytest.mark.parametrize("scripts", [True, False])
    def test_is_asked_for_by_one_and_agreed_by_another(
        self, browse: Browse, cast: Cast, gate: str, scripts: bool
    ) -> None:
        owner = browse(cast.owner, gate, java_script_enabled=scripts)
        owner.get_by_role("link", name="Ask for an amendment of").click()
        owner.get_by_label("New threshold").fill("12")
        owner.get_by_label("Reason").fill("The pilot reaches fewer callers")
        owner.get_by_role("button", name="Ask for the amendment").click()
        expect(owner.get_by_role("status")).to_contain_text("It waits for Finance")

        cfo = browse(cast.cfo, "/", java_script_enabled=scripts)
        cfo.get_by_role("link", name="CX-101 Callers who help themselves").click()
        expect(cfo.get_by_text("This loosens the criterion")).to_be_visible()
        cfo.get_by_label("Reason").fill("The case still holds")
        cfo.get_by_role("button", name="Agree").click()
        expect(cfo.get_by_role("status")).to_have_text("The criterion is amended.")
        criteria = cfo.get_by_role("table", name="Criteria")
        expect(criteria).to_contain_text("Loosened from at least 15")
        expect(criteria).to_contain_text("Asked after evidence was recorded on")
        expect(criteria).to_contain_text("Met")

    def test_reads_well_for_everybody_on_every_width(
        self, browse: Browse, cast: Cast, gate: str
    ) -> None:
        page = browse(cast.owner, gate)
        page.get_by_role("link", name="Ask for an amendment of").click()
        asking = page.url
        page.get_by_label("New threshold").fill("12")
        page.get_by_label("Reason").fill("The pilot reaches fewer callers")
        page.get_by_role("button", name="Ask for the amendment").click()
        page.get_by_role("link", name="asks to amend it").first.click()
        one = page.url
        for options in ({}, {"viewport": PHONE}, {"color_scheme": "dark"}):
            for person, address in ((cast.owner, asking), (cast.owner, gate), (cast.cfo, one)):
                page = browse(person, address, **options)
                assert accessibility_faults(page) == [], (address, options)
                assert not scrolls_sideways(page), (address, options)
                page.close()
