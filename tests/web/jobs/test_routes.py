"""The system page says whether work gets done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.jobs.services import beat, claim, enqueue, fail, show_worker
from tests.factories.accounts import Cast
from tests.support.client import StrictClient
from tests.support.pages import table, text

ClientFor = Callable[[Person], StrictClient]


class TestSystem:
    def test_shows_jobs_with_their_end_and_the_schema(
        self, session: Session, cast: Cast, client_for: ClientFor, now: datetime
    ) -> None:
        with transaction(session):
            enqueue(session, kind="solve_run", payload={}, actor=cast.lead, now=now)
            job = claim(session, worker="w1", kinds=frozenset({"solve_run"}), now=now)
            assert job is not None
            fail(session, job.id, worker="w1", failure="No budget is set.", now=now)
        page = client_for(cast.admin).get("/admin/system")
        row = table(page, "Latest jobs").row(str(job.id))
        assert (row["Kind"], row["State"]) == ("solve run", "failed")
        assert row["Why it failed"] == "No budget is set."
        assert "up to date" in text(page)
        assert len(page.queries) <= 12

    def test_warns_when_no_worker_shows_life(
        self, app: Flask, session: Session, cast: Cast, client_for: ClientFor, now: datetime
    ) -> None:
        client = client_for(cast.admin)
        assert "No worker" in text(client.get("/admin/system"))
        with transaction(session):
            show_worker(session, "w1", started_at=now, now=now)
        page = client.get("/admin/system")
        assert table(page, "Workers").row("w1")["State"] == "working"
        assert "No worker has shown life" not in text(page)
        app.config["FIXED_NOW"] = now + timedelta(seconds=25)
        page = client.get("/admin/system")
        assert table(page, "Workers").row("w1")["State"] == "silent"

    def test_calls_a_busy_worker_working_by_the_heartbeat_of_its_job(
        self, app: Flask, session: Session, cast: Cast, client_for: ClientFor, now: datetime
    ) -> None:
        later = now + timedelta(minutes=5)
        with transaction(session):
            show_worker(session, "w1", started_at=now, now=now)
            enqueue(session, kind="solve_run", payload={}, actor=cast.lead, now=now)
            job = claim(session, worker="w1", kinds=frozenset({"solve_run"}), now=now)
            assert job is not None
            beat(session, job.id, worker="w1", now=later)
        client = client_for(cast.admin)
        app.config["FIXED_NOW"] = later + timedelta(seconds=5)
        assert table(client.get("/admin/system"), "Workers").row("w1")["State"] == "working"
        app.config["FIXED_NOW"] = later + timedelta(seconds=25)
        assert table(client.get("/admin/system"), "Workers").row("w1")["State"] == "silent"
