"""A new company comes from nothing to its first approved plan, as three people and in a browser.

Each step is found on the home page and nowhere else: what the list leads to is what is played.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.factories.accounts import Cast
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways
from tests.support.databases import Databases

Browse = Callable[..., Page]
ROOT = Path(__file__).resolve().parents[3]
A_WHILE = 60_000


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Databases:
    """The first cycle is played on both databases, the rest on one."""
    databases: Databases = request.getfixturevalue(
        f"{getattr(request, 'param', 'sqlite')}_databases"
    )
    databases.reset()
    return databases


@pytest.fixture
def worker(app: Flask) -> Iterator[None]:
    """A worker process on the test's database."""
    settings = {name: str(app.config[name]) for name in ("DATABASE_URL", "QUEUE_URL", "SECRET_KEY")}
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
        cwd=ROOT,
        env={**os.environ, **settings, "ENVIRONMENT": "test", "WORKER_POLL_SECONDS": "0.3"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield
    process.terminate()
    process.wait(20)


def step(page: Page, title: str) -> None:
    """Follow a step of the list on the home page."""
    page.goto("/")
    page.locator("#first-steps").get_by_role("link", name=title, exact=True).click()


def fill(page: Page, values: Mapping[str, str]) -> None:
    for field, value in values.items():
        page.locator(f"#{field}").fill(value)


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def set_up_cycle(cfo: Page) -> None:
    step(cfo, "Set up a cycle")
    fill(cfo, {"discount_rate": "9", "hurdle_rate": "12"})
    press(cfo, "Create cycle")
    fill(cfo, {"key": "capex", "name": "Investment"})
    press(cfo, "Add fund")
    fill(cfo, {"fill-capex": "250k"})
    cfo.locator("#fills_all").check()
    press(cfo, "Save budgets")


def describe_journey(lead: Page) -> None:
    step(lead, "Describe a journey")
    fill(lead, {"name": "File a claim", "segment": "Motor customers", "goal": "A repaired car"})
    press(lead, "Create journey")
    fill(lead, {"touchpoint-use-contact_centre": "Where is my claim?"})
    press(lead, "Save stages and touchpoints")


def measure(lead: Page) -> None:
    step(lead, "Measure it")
    fill(lead, {"measured_on": "2027-02-12", "source": "Contact statistics"})
    figures = ("contacts", "satisfaction", "target", "importance", "cost", "minutes", "unmet")
    values = ("48000", "4", "8", "9", "6", "9", "45")
    row = lead.get_by_role("row", name="Use, contact centre")
    for name, value in zip(figures, values, strict=True):
        row.locator(f"[id$='-{name}']").fill(value)
    press(lead, "Record baseline")


def claim(lead: Page) -> None:
    step(lead, "Claim a pool")
    lead.get_by_role("main").get_by_role("link", name="Fail", exact=True).first.click()
    lead.get_by_role("link", name="Claim this pool").first.click()
    fill(lead, {"V_f": "48000", "f": "25", "k": "40", "addr": "60", "source": "Study of failures"})
    press(lead, "Claim pool")


def certify_pool(cfo: Page) -> None:
    step(cfo, "Certify the pool")
    cfo.get_by_role("main").get_by_role("link", name="Fail", exact=True).first.click()
    press(cfo, "Certify pool")


def propose(lead: Page) -> None:
    step(lead, "Propose an initiative and submit it")
    fill(lead, {"title": "Claim status tracker", "unit": "Claims"})
    lead.locator("#lens").select_option("process")
    lead.locator("#sponsor_id").select_option(index=1)
    press(lead, "Propose initiative")
    for question in ("goals", "customers", "experience", "design", "empowerment", "evolution"):
        expect(lead).to_have_url(re.compile(f"/questions/{question}$"))
        for area in lead.get_by_role("main").locator("form textarea").all():
            area.fill("Customers see where their claim stands.")
        press(lead, "Save and go on")
    option = {"name": "Full", "spend-1-0": "60k", "spend-1-1": "20k"}
    lead.get_by_role("link", name="Add option").first.click()
    fill(lead, option)
    press(lead, "Save option")


def say_what_changes(lead: Page) -> None:
    lead.get_by_role("link", name="Behaviours").click()
    lead.get_by_role("link", name="Add behaviour").first.click()
    fill(lead, {
        "description": "Customers look up their claim", "measure": "Calls about a claim",
        "unit": "%", "baseline": "45", "target": "25", "measured_on": "2027-02-12",
        "source": "Call reasons", "effects-0-removal_share": "30",
        "effects-0-evidence": "Own figures",
    })  # fmt: skip
    lead.locator("#effects-0-option_key").select_option(index=1)
    lead.locator("#effects-0-pool_id").select_option(index=1)
    lead.locator("#effects-0-grade").select_option("C")
    press(lead, "Save behaviour")
    lead.get_by_role("link", name="Milestones").click()
    lead.get_by_role("link", name="Add milestone").first.click()
    fill(lead, {
        "name": "First 1,000 customers", "due_on": "2027-08-15", "tranche_share": "100",
        "criteria-0-metric": "Look-ups", "criteria-0-unit": "%", "criteria-0-baseline": "0",
        "criteria-0-threshold": "20", "criteria-0-minimum_sample": "500",
    })  # fmt: skip
    press(lead, "Save milestone")
    step(lead, "Propose an initiative and submit it")
    press(lead, "Submit to Finance")


def choose(lead: Page) -> None:
    step(lead, "Make it a candidate")
    press(lead, "Nominate as candidate")
    step(lead, "Run a scenario")
    fill(lead, {"name": "First plan"})
    press(lead, "Create scenario")
    press(lead, "Run optimizer")
    submit = lead.get_by_role("link", name="Submit to CFO").first
    expect(submit).to_be_visible(timeout=A_WHILE)
    step(lead, "Submit the plan")
    press(lead, "Submit to CFO")


class TestFirstCycle:
    @pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
    @pytest.mark.usefixtures("worker")
    def test_leads_from_an_empty_company_to_an_approved_plan(
        self, browse: Browse, cast: Cast
    ) -> None:
        cfo, lead = browse(cast.cfo), browse(cast.lead)
        set_up_cycle(cfo)
        describe_journey(lead)
        measure(lead)
        claim(lead)
        certify_pool(cfo)
        step(cfo, "Open the cycle")
        press(cfo, "Open cycle")
        propose(lead)
        say_what_changes(lead)
        step(cfo, "Certify its money")
        press(cfo, "Certify the figures")
        choose(lead)
        lead.goto("/")
        expect(lead.locator("#first-steps")).to_contain_text("13 of 14 done")
        step(cfo, "Approve it")
        cfo.get_by_role("button", name="Approve €80k").click()
        expect(cfo.get_by_role("status").first).to_contain_text("Approved and committed")
        for page in (cfo, lead):
            page.goto("/")
            expect(page.get_by_text("First steps")).to_have_count(0)

    @pytest.mark.parametrize("who", ["admin", "lead", "cfo", "manager", "viewer"])
    def test_the_list_fits_a_phone_and_is_put_away_by_each_for_themselves(
        self, browse: Browse, cast: Cast, who: str
    ) -> None:
        page = browse(getattr(cast, who), viewport=PHONE)
        expect(page.locator("#first-steps")).to_be_visible()
        assert accessibility_faults(page) == []
        assert not scrolls_sideways(page)
        page.get_by_role("button", name="Put away").click()
        expect(page.locator("#first-steps")).to_have_count(0)
        page.goto("/account")
        page.get_by_role("button", name="Show them on the home page").click()
        expect(page.locator("#first-steps")).to_be_visible()
