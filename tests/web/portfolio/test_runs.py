"""Runs as people see them: while they work, when they end, and how they fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.services import fail, reap, report_progress, show_worker
from app.portfolio.queries import get_scenario
from app.portfolio.rules.demands import DemandKind
from app.portfolio.rules.pins import PinKind
from app.portfolio.services.bindings import DemandDraft, PinDraft, add_demand, place_pin
from app.portfolio.services.solving import solve_run
from tests.factories.accounts import Cast
from tests.factories.portfolio import (
    SOLVER_MEMORY,
    OptionSketch,
    Portfolio,
    begin,
    carry_out,
    make_candidate,
    take,
)
from tests.support.client import StrictClient
from tests.support.pages import buttons, error_on, form_values, heading, notice, table, text

MOST_QUERIES = 12
ASK_PROGRESS = {"HX-Request": "true"}


@pytest.fixture
def ask(session: Session, portfolio: Portfolio, cast: Cast, now: datetime) -> Callable[..., int]:
    def started(**options: Any) -> int:
        chosen = {"actor": cast.lead, "now": now, **options}
        return begin(session, portfolio.scenario.id, **chosen)

    return started


@pytest.fixture
def solved(session: Session, ask: Callable[..., int], now: datetime) -> Callable[..., int]:
    def done(**options: Any) -> int:
        run_id = ask(**options)
        carry_out(session, now)
        return run_id

    return done


class TestStart:
    def test_leads_to_the_run(self, lead: StrictClient, portfolio: Portfolio) -> None:
        action = f"/scenarios/{portfolio.scenario.id}/runs"
        kept = form_values(lead.get(f"/scenarios/{portfolio.scenario.id}"), action)
        first = lead.post(action, data=kept)
        assert first.status_code == 303
        assert lead.post(action, data=kept).location == first.location
        page = lead.get(first.location)
        assert "state Waiting" in text(page)
        assert buttons(page)["Stop and keep best"]

    def test_keeps_what_was_typed(self, lead: StrictClient, portfolio: Portfolio) -> None:
        action = f"/scenarios/{portfolio.scenario.id}/runs"
        kept = form_values(lead.get(f"/scenarios/{portfolio.scenario.id}"), action)
        page = lead.post(action, data=kept | {"seconds": "9999"})
        assert page.status_code == 422
        assert error_on(page, "Time limit") == "Enter 1 to 60 seconds."

    def test_is_refused_to_a_viewer(
        self, client_for: Callable[..., StrictClient], cast: Cast, portfolio: Portfolio
    ) -> None:
        action = f"/scenarios/{portfolio.scenario.id}/runs"
        assert client_for(cast.viewer).post(action, data={}).status_code == 403

    def test_gives_the_known_answer_again(
        self, lead: StrictClient, portfolio: Portfolio, solved: Callable[..., int]
    ) -> None:
        run_id = solved(seconds=60)
        action = f"/scenarios/{portfolio.scenario.id}/runs"
        kept = form_values(lead.get(f"/scenarios/{portfolio.scenario.id}"), action)
        sent = lead.post(action, data=kept)
        assert sent.location == f"{action.removesuffix('/runs')}?run={run_id}"
        assert "Nothing has changed since this run" in (notice(lead.get(sent.location)) or "")


class TestProgress:
    def test_shows_what_the_solver_told(
        self,
        session: Session,
        lead: StrictClient,
        ask: Callable[..., int],
        now: datetime,
    ) -> None:
        run_id = ask()
        job = take(session, now)
        assert job is not None
        told = {
            "doing": "searching", "value": 1_000_000_00, "bound": 1_100_000_00,
            "gap": 0.090909, "seconds": 3.2, "funded": 3, "of": 6, "trace": [],
        }  # fmt: skip
        with transaction(session):
            report_progress(session, job.job_id, worker="hand", progress=told, now=now)
        page = lead.get(f"/runs/{run_id}")
        words = text(page)
        assert "Searching for better plans" in words
        assert "best plan €1,000,000.00" in words
        assert "at most €1,100,000.00" in words
        assert "gap 9.09\u202f%" in words or "gap 9.09 %" in words
        assert len(page.queries) <= MOST_QUERIES

    def test_says_when_no_worker_answers(
        self,
        app: Flask,
        session: Session,
        lead: StrictClient,
        ask: Callable[..., int],
        now: datetime,
    ) -> None:
        run_id = ask()
        assert "No worker has answered" not in text(lead.get(f"/runs/{run_id}"))
        app.config["FIXED_NOW"] = now + timedelta(seconds=90)
        waiting = text(lead.get(f"/runs/{run_id}"))
        assert "No worker has answered for 90 s. Tell an admin to start one" in waiting
        with transaction(session):
            show_worker(session, "w1", started_at=now, now=now + timedelta(seconds=85))
        assert "No worker has answered" not in text(lead.get(f"/runs/{run_id}"))
        assert take(session, now) is not None
        silent = text(lead.get(f"/runs/{run_id}"))
        assert "No worker has answered for 90 s. Tell an admin to start one; it is begun" in silent

    def test_is_fetched_alone_and_reloads_the_page_at_the_end(
        self, lead: StrictClient, session: Session, ask: Callable[..., int], now: datetime
    ) -> None:
        run_id = ask()
        part = lead.get(f"/runs/{run_id}/progress", headers=ASK_PROGRESS, loose=True)
        assert "HX-Refresh" not in part.headers
        assert part.get_data(as_text=True).lstrip().startswith('<div class="progress"')
        carry_out(session, now)
        part = lead.get(f"/runs/{run_id}/progress", headers=ASK_PROGRESS, loose=True)
        assert part.headers["HX-Refresh"] == "true"

    def test_says_its_state_only_in_the_part_that_is_put_in_place_anew(
        self, lead: StrictClient, session: Session, ask: Callable[..., int], now: datetime
    ) -> None:
        run_id = ask()
        waiting = lead.get(f"/runs/{run_id}")
        assert "Waiting" not in heading(waiting)
        assert "Attempts" not in text(waiting)
        assert take(session, now) is not None
        part = lead.get(f"/runs/{run_id}/progress", headers=ASK_PROGRESS, loose=True)
        assert "state <b>Running</b>" in part.get_data(as_text=True)

    def test_without_scripts_leads_back_to_the_page(
        self, lead: StrictClient, ask: Callable[..., int]
    ) -> None:
        run_id = ask()
        assert lead.get(f"/runs/{run_id}/progress").location == f"/runs/{run_id}"

    def test_says_whose_turn_it_is(self, lead: StrictClient, ask: Callable[..., int]) -> None:
        first, second = ask(seconds=5), ask(seconds=6)
        assert f"It waits for run {first} of the same person" in text(lead.get(f"/runs/{second}"))


class TestStop:
    def test_keeps_the_best_plan(
        self,
        session: Session,
        lead: StrictClient,
        ask: Callable[..., int],
        now: datetime,
    ) -> None:
        run_id = ask()
        job = take(session, now, stop=lambda: True)
        assert job is not None
        page = lead.get(f"/runs/{run_id}")
        sent = lead.post(f"/runs/{run_id}/stop", data=form_values(page, f"/runs/{run_id}/stop"))
        assert sent.status_code == 303
        page = lead.get(sent.location)
        assert "The best plan so far is being kept." in text(page)
        assert "Stop and keep best" not in buttons(page)
        solve_run(job, memory_bytes=SOLVER_MEMORY)
        page = lead.get(f"/runs/{run_id}")
        assert "Stopped by a person" in text(page)
        assert table(page, "Funded and not funded").row("Total")
        assert f"HiGHS {version('highspy')}" in text(page)

    def test_before_it_began_leaves_no_plan(
        self, lead: StrictClient, ask: Callable[..., int]
    ) -> None:
        run_id = ask()
        lead.post(f"/runs/{run_id}/stop")
        page = lead.get(f"/runs/{run_id}")
        assert "It was stopped before it began" in text(page)
        assert buttons(page)["Run again"]
        assert lead.post(f"/runs/{run_id}/stop").status_code == 409

    def test_is_not_offered_to_a_viewer(
        self, client_for: Callable[..., StrictClient], cast: Cast, ask: Callable[..., int]
    ) -> None:
        run_id = ask()
        viewer = client_for(cast.viewer)
        assert "Stop and keep best" not in buttons(viewer.get(f"/runs/{run_id}"))
        assert viewer.post(f"/runs/{run_id}/stop").status_code == 403


class TestEnds:
    def test_lost_offers_to_run_again(
        self,
        session: Session,
        lead: StrictClient,
        portfolio: Portfolio,
        ask: Callable[..., int],
        now: datetime,
    ) -> None:
        run_id = ask()
        for _ in range(2):
            assert take(session, now) is not None
            with transaction(session):
                silent = session.scalars(select(Job).where(Job.state == JobState.RUNNING)).all()
                reap(session, silent, now=now + timedelta(hours=1))
        page = lead.get(f"/runs/{run_id}")
        assert "Lost" in heading(page)
        assert "The worker ended without a word" in text(page)
        action = f"/scenarios/{portfolio.scenario.id}/runs"
        again = lead.post(action, data=form_values(page, action))
        assert again.status_code == 303
        assert again.location != f"/runs/{run_id}"

    def test_failed_says_why(
        self, session: Session, lead: StrictClient, ask: Callable[..., int], now: datetime
    ) -> None:
        run_id = ask()
        job = take(session, now)
        assert job is not None
        with transaction(session):
            fail(session, job.job_id, worker="hand", failure="No solver finished.", now=now)
        page = lead.get(f"/runs/{run_id}")
        assert "No solver finished." in text(page)
        assert buttons(page)["Run again"]

    def test_what_can_not_be_done_is_named(
        self,
        session: Session,
        lead: StrictClient,
        portfolio: Portfolio,
        cast: Cast,
        solved: Callable[..., int],
        now: datetime,
    ) -> None:
        with transaction(session):
            huge = OptionSketch(spend={portfolio.capex: [9_000_000_00]})
            make_candidate(session, cast, portfolio.cycle, "CX-900", huge)
        with transaction(session):
            scenario = get_scenario(session, portfolio.scenario.id)
            pin = PinDraft("CX-900", PinKind.FUND, None, None, "A promise")
            place_pin(
                session, scenario, pin, expected_version=scenario.version,
                actor=cast.lead, now=now,
            )  # fmt: skip
        page = lead.get(f"/runs/{solved()}")
        assert "Can't be done" in heading(page)
        assert "“CX-900 is funded”" in text(page) or "“budget of Capex”" in text(page)

    def test_what_a_plan_would_be_possible_without_is_said_as_a_sentence(
        self,
        session: Session,
        lead: StrictClient,
        portfolio: Portfolio,
        cast: Cast,
        solved: Callable[..., int],
        now: datetime,
    ) -> None:
        for side, share in (("at_most", "0.3"), ("at_least", "0.4")):
            with transaction(session):
                scenario = get_scenario(session, portfolio.scenario.id)
                asked = {side: share, "of": "spend", "tag": "lens", "equals": "process"}
                add_demand(
                    session, scenario, DemandDraft(DemandKind.SHARE, asked, "Balance"),
                    expected_version=scenario.version, actor=cast.lead, now=now,
                )  # fmt: skip
        with transaction(session):
            scenario = get_scenario(session, portfolio.scenario.id)
            pin = PinDraft("CX-101", PinKind.FUND, None, None, "A promise")
            place_pin(
                session, scenario, pin, expected_version=scenario.version,
                actor=cast.lead, now=now,
            )  # fmt: skip
        run_id = solved()
        for address in (f"/runs/{run_id}", f"/scenarios/{portfolio.scenario.id}"):
            words = text(lead.get(address))
            assert (
                "No choice keeps every limit, pin and rule. A plan would be possible without “"
                in words
            )
            assert "cheapest" not in words
            assert "keeps all of these together" not in words
            assert not re.search(r"“R\d+”", words)
