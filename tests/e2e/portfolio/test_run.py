"""A run watched in a browser while a real worker process carries it out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.portfolio import (
    begin,
    carry_out,
    exclude,
    make_hard_portfolio,
    make_portfolio,
    tie,
)
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

ROOT = Path(__file__).resolve().parents[3]
A_WHILE = 45_000


@pytest.fixture
def worker(app: Flask) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process on the test's database."""
    settings = {name: str(app.config[name]) for name in ("DATABASE_URL", "QUEUE_URL", "SECRET_KEY")}
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
        cwd=ROOT,
        env={**os.environ, **settings, "ENVIRONMENT": "test", "WORKER_POLL_SECONDS": "0.3"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield process
    process.terminate()
    process.wait(20)


def looks_right(page: Page) -> None:
    assert accessibility_faults(page) == []
    assert not scrolls_sideways(page)


class TestRun:
    @pytest.mark.usefixtures("worker")
    def test_its_result_appears_by_itself(
        self, session: Session, cast: Cast, browse: Callable[..., Page]
    ) -> None:
        with transaction(session):
            scenario_id = make_portfolio(session, cast).scenario.id
        page = browse(cast.lead, f"/scenarios/{scenario_id}")
        page.get_by_role("button", name="Run optimizer").click()
        expect(page).to_have_url(re.compile(rf"/scenarios/{scenario_id}\?run=\d+$"))
        expect(page.get_by_text("Proven optimal").first).to_be_visible(timeout=A_WHILE)
        expect(page.get_by_role("table", name="Funded and not funded")).to_be_visible()
        looks_right(page)

    @pytest.mark.usefixtures("worker")
    def test_is_watched_and_stopped_with_the_best_plan(
        self, session: Session, cast: Cast, browse: Callable[..., Page]
    ) -> None:
        with transaction(session):
            scenario_id = make_hard_portfolio(session, cast).scenario.id
        page = browse(cast.lead, f"/scenarios/{scenario_id}")
        page.get_by_text("Stops at 60 s").click()
        page.get_by_label("Time limit").fill("60")
        page.get_by_role("button", name="Run optimizer").click()
        expect(page.get_by_text("at most €")).to_be_visible(timeout=A_WHILE)
        looks_right(page)
        page.get_by_role("button", name="Stop and keep best").click()
        expect(page.get_by_text("Stopped by a person").first).to_be_visible(timeout=A_WHILE)
        expect(page.get_by_text("Funding line")).to_be_visible()

    def test_works_without_scripts(
        self, session: Session, cast: Cast, browse: Callable[..., Page], now: datetime
    ) -> None:
        with transaction(session):
            scenario_id = make_portfolio(session, cast).scenario.id
        page = browse(cast.lead, f"/scenarios/{scenario_id}", java_script_enabled=False)
        page.get_by_role("button", name="Run optimizer").click()
        expect(page.get_by_text("A worker will take it")).to_be_visible()
        carry_out(session, now)
        page.get_by_role("link", name="Refresh").click()
        expect(page.get_by_text("Proven optimal").first).to_be_visible()


class TestPages:
    def test_fit_a_phone_and_are_accessible(
        self, session: Session, cast: Cast, browse: Callable[..., Page], now: datetime
    ) -> None:
        with transaction(session):
            portfolio = make_portfolio(session, cast, quarters=8)
            tie(session, portfolio.candidates["CX-104"], portfolio.candidates["CX-103"], lag=1)
            exclude(session, portfolio.candidates["CX-101"], portfolio.candidates["CX-102"])
            scenario_id = portfolio.scenario.id
        run_id = begin(session, scenario_id, actor=cast.lead, now=now)
        carry_out(session, now)
        here = f"/scenarios/{scenario_id}"
        page = browse(cast.lead, "/scenarios", viewport=PHONE)
        for path in (
            "/scenarios", "/scenarios/new", here, f"{here}/limits", f"{here}/pins",
            f"{here}/rules", f"/runs/{run_id}", f"/scenarios/compare?a={run_id}&b={run_id}",
        ):  # fmt: skip
            page.goto(path)
            looks_right(page)
