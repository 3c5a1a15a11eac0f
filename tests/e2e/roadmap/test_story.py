"""Money flows on evidence, in a browser: recorded, released and seen, or stopped."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.approvals.models import Commitment
from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import begin, tranches_of
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

Browse = Callable[..., Page]


@pytest.fixture
def commitments(session: Session, cast: Cast, now: datetime) -> dict[str, Commitment]:
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        made = make_commitments(session, cast, now, world)
        begin(session, made["CX-101"].id, actor=cast.manager, now=now)
    return made


def diamond(page: Page, key: str, place: int) -> str:
    """What a reader hears of the hurdle at this place of an initiative's bar."""
    track = page.get_by_role("group", name=key, exact=True)
    marks = track.locator("a:not(.rm-bar)")
    return str(marks.nth(place).get_attribute("aria-label"))


def record(page: Page, value: str) -> None:
    page.get_by_label("Measured value").fill(value)
    page.get_by_label("Sample").fill("640")
    page.get_by_label("Source").fill("Contact statistics, week 6")
    page.get_by_role("button", name="Record evidence").click()


class TestEvidenceReleasesMoney:
    def test_from_the_manager_by_the_cfo_to_ledger_and_roadmap(
        self, browse: Browse, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        manager = browse(cast.manager, "/roadmap")
        manager.get_by_role("link", name="Hurdle 1, not due, 1 Jul 2027").click()
        assert accessibility_faults(manager) == []
        manager.get_by_role("link", name="Record evidence").click()
        record(manager, "17.2")
        expect(manager.get_by_role("status")).to_have_text("The measurement is recorded.")
        expect(manager.get_by_text("Only Finance decides hurdles.")).to_be_visible()

        cfo = browse(cast.cfo, "/gates")
        cfo.get_by_role("row", name="ready to decide").get_by_role("link").click()
        assert accessibility_faults(cfo) == []
        cfo.get_by_role("button", name="Release €64,500.00").click()
        expect(cfo.get_by_role("status")).to_have_text("€64,500.00 is released.")

        cfo.get_by_role("link", name="Ledger").click()
        expect(cfo.get_by_text("€64,500.00").first).to_be_visible()
        cfo.goto("/roadmap")
        assert diamond(cfo, "CX-101", 0) == "Hurdle 1, passed, 1 Jul 2027"


class TestAStopFreesMoney:
    def test_after_a_look_at_what_it_frees(
        self,
        browse: Browse,
        cast: Cast,
        session: Session,
        commitments: dict[str, Commitment],
    ) -> None:
        tranche = tranches_of(session, commitments["CX-101"].id)[0]
        session.rollback()
        record(browse(cast.manager, f"/gates/{tranche.id}"), "3")

        cfo = browse(cast.cfo, f"/gates/{tranche.id}")
        cfo.get_by_role("link", name="Stop and free €215,000.00").click()
        expect(cfo.get_by_role("row", name="Total")).to_contain_text("€215,000.00")
        assert accessibility_faults(cfo) == []
        cfo.get_by_role("button", name="Stop and free €215,000.00").click()
        expect(cfo.get_by_role("alert")).to_contain_text("Say why; a stop is final.")
        cfo.get_by_label("Reason").fill("Callers do not help themselves")
        cfo.get_by_role("button", name="Stop and free €215,000.00").click()
        expect(cfo.get_by_role("status")).to_contain_text("€215,000.00 went back to the budget")

        cfo.goto("/roadmap")
        assert [diamond(cfo, "CX-101", i).split(", ")[1] for i in range(3)] == [
            "missed", "waived", "waived"
        ]  # fmt: skip
        cfo.goto(f"/gates/{tranche.id}")
        cfo.get_by_role("link", name="See what it buys instead").click()
        expect(cfo).to_have_url(re.compile(r"/gates/\d+/freed$"))


class TestOnAPhone:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_pages_fit_and_show_the_answer_first(
        self,
        browse: Browse,
        cast: Cast,
        session: Session,
        commitments: dict[str, Commitment],
        scheme: str,
    ) -> None:
        tranche = tranches_of(session, commitments["CX-101"].id)[0]
        session.rollback()
        page = browse(
            cast.manager, f"/roadmap?at={tranche.id}", viewport=PHONE, color_scheme=scheme
        )
        answer = page.locator("#answer").bounding_box()
        drawing = page.locator("[data-roadmap]").bounding_box()
        assert answer and drawing and answer["y"] < drawing["y"]
        page.goto(f"/gates/{tranche.id}")
        tops = [
            box["y"]
            for name in ("The figures recommend", "Evidence", "All hurdles")
            if (box := page.get_by_role("heading", name=name).first.bounding_box())
        ]
        assert len(tops) == 3 and tops == sorted(tops)
        addresses = (page.url, "/gates", f"/gates/{tranche.id}", f"/gates/{tranche.id}/move")
        for address in addresses:
            page.goto(address)
            assert accessibility_faults(page) == []
            assert not scrolls_sideways(page)

    def test_a_hurdle_is_decided_without_scripts(
        self, browse: Browse, cast: Cast, session: Session, commitments: dict[str, Commitment]
    ) -> None:
        tranche = tranches_of(session, commitments["CX-101"].id)[0]
        session.rollback()
        page = browse(cast.cfo, f"/gates/{tranche.id}", viewport=PHONE, java_script_enabled=False)
        page.get_by_label("Reason").fill("The next wave of figures comes first")
        page.get_by_role("button", name="Hold").click()
        expect(page.get_by_text("It was held once already; release it or stop.")).to_be_visible()
