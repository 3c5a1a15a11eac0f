"""A CX lead proposes an initiative in the browser, from nothing to submitted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.initiatives import Company, make_company
from tests.support.browser import PHONE

pytestmark = pytest.mark.browser

STEPS = ("Goals", "Customers", "Experience", "Design", "Empowerment", "Evolution")


@pytest.fixture
def company(session: Session, cast: Cast) -> Company:
    with transaction(session):
        return make_company(session, cast)


def propose(page: Page) -> None:
    """Say what it is."""
    page.get_by_role("link", name="Propose initiative").first.click()
    page.get_by_label("Title").fill("Claim status tracker")
    page.get_by_label("Journey").select_option(label="Motor claim (EUR)")
    page.get_by_label("Mainly changes").select_option(label="Process")
    page.get_by_label("Organisation unit").fill("Claims")
    page.get_by_label("Sponsor").select_option(label="Mina Manager")
    page.get_by_role("button", name="Propose initiative").click()


def answer(page: Page) -> None:
    """Answer the six questions, one step after the other."""
    for step in STEPS:
        expect(page.get_by_role("heading", level=2, name=step)).to_be_visible()
        page.locator("main textarea").first.fill(f"What we say about {step.lower()}.")
        if step == "Design":
            page.get_by_label("Use, contact centre").check()
        page.get_by_role("button", name="Save and go on").click()


def add_option(page: Page) -> None:
    """Enter one option with its spend and days."""
    page.get_by_role("link", name="Add option").first.click()
    page.get_by_label("Name", exact=True).fill("All claims")
    page.get_by_label("Capex, Q1 2027").fill("250k")
    page.get_by_label("Run, Q2 2027").fill("12,500")
    page.get_by_label("Digital, Q1 2027").fill("40")
    page.get_by_role("button", name="Save option").click()
    expect(page.get_by_text("€262,500.00").first).to_be_visible()


def add_behaviour(page: Page) -> None:
    """Say who does what differently and what that removes."""
    page.get_by_role("link", name="Behaviours", exact=True).click()
    page.get_by_role("link", name="Add behaviour").first.click()
    page.get_by_label("Who does what differently").fill("Customers look it up")
    page.get_by_label("Measure", exact=True).fill("Calls per claim")
    page.get_by_label("Baseline", exact=True).fill("2.2")
    page.get_by_label("Target", exact=True).fill("1.5")
    page.get_by_label("Measured on").fill("2027-01-20")
    page.get_by_label("Source of the baseline").fill("Telephony log")
    page.get_by_label("Option, row 1").select_option(label="All claims")
    page.get_by_label("Lever pool, row 1").select_option(index=1)
    page.get_by_label("Removes, %, row 1").fill("18")
    page.get_by_label("Evidence grade, row 1").select_option("B")
    page.get_by_label("Evidence, row 1").fill("Glass pilot")
    page.get_by_role("button", name="Save behaviour").click()


def add_milestone(page: Page, name: str, due_on: str, share: str) -> None:
    """Add a hurdle with one criterion."""
    page.get_by_role("link", name="Add milestone").first.click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Due on").fill(due_on)
    page.get_by_label("Tranche").fill(share)
    page.get_by_label("Metric, row 1").fill("Calls per claim")
    page.get_by_label("Has to be, row 1").select_option("at_most")
    page.get_by_label("Threshold, row 1").fill("1.8")
    page.get_by_role("button", name="Save milestone").click()


class TestFromBlankToSubmitted:
    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
    def test_a_lead_proposes_an_initiative(
        self, browse: Callable[..., Page], cast: Cast, company: Company, scripts: bool
    ) -> None:
        page = browse(cast.lead, "/initiatives", java_script_enabled=scripts)
        propose(page)
        answer(page)
        add_option(page)
        add_behaviour(page)
        page.get_by_role("link", name="Milestones", exact=True).click()
        add_milestone(page, "Pilot evidence", "2027-09-30", "40")
        expect(page.get_by_text("hold 40")).to_be_visible()
        page.get_by_role("link", name="Overview").click()
        expect(page.get_by_role("button", name="Submit to Finance")).to_be_disabled()
        page.get_by_role("link", name="Milestones", exact=True).click()
        add_milestone(page, "Effect confirmed", "2028-06-30", "60 %")

        page.get_by_role("link", name="Overview").click()
        page.get_by_role("button", name="Submit to Finance").click()

        expect(page.get_by_text("CX-101 is submitted now.")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Submitted")

    def test_a_hurdle_is_added_on_a_phone_without_sideways_scroll(
        self, browse: Callable[..., Page], cast: Cast, company: Company
    ) -> None:
        page = browse(cast.lead, "/initiatives/new", viewport=PHONE)
        page.get_by_label("Title").fill("Callback")
        page.get_by_label("Mainly changes").select_option(label="People")
        page.get_by_label("Organisation unit").fill("Service")
        page.get_by_role("button", name="Propose initiative").click()
        page.goto("/initiatives/CX-101/milestones/new")

        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
