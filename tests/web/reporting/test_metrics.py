"""Figures for a monitoring system: only with the token, and only where one is set."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.services import show_worker
from tests.support.client import StrictClient

TOKEN = "a-token-of-thirty-letters-or-so"


class TestMetrics:
    def test_are_no_page_without_a_token_to_ask_for(self, client: StrictClient) -> None:
        assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404

    @pytest.mark.parametrize(
        "given", ["", "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", "Bearer ä"]
    )
    def test_are_for_whoever_brings_it_only(
        self, app: Flask, client: StrictClient, given: str
    ) -> None:
        app.config["METRICS_TOKEN"] = TOKEN
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 401

    def test_count_requests_jobs_and_workers(
        self, app: Flask, client: StrictClient, session: Session, now: datetime
    ) -> None:
        app.config["METRICS_TOKEN"] = TOKEN
        with transaction(session):
            show_worker(session, "w1", started_at=now, now=now)
            show_worker(session, "gone", started_at=now, now=now - timedelta(hours=1))
            session.add(
                Job(
                    kind="k", payload={}, requested_by="person:1", state=JobState.QUEUED,
                    created_at=now - timedelta(seconds=90),
                )
            )  # fmt: skip
        client.get("/no-such-page")
        page = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        lines = page.get_data(as_text=True).splitlines()
        for line in (
            'waymark_jobs{state="queued"} 1.0',
            'waymark_jobs{state="failed"} 0.0',
            "waymark_oldest_queued_seconds 90.0",
            "waymark_workers 1.0",
            "waymark_audit_events 0.0",
        ):
            assert line in lines
        missed = 'waymark_request_seconds_count{endpoint="none",method="GET",status="4xx"}'
        assert any(line.startswith(missed) for line in lines)
        assert len(page.queries) <= 12
