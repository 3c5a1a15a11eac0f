"""The worker carries jobs out, tells what became of them, and may be killed at any moment."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent, RequestKey
from app.audit.presenters import anchor_words
from app.audit.queries import find_head
from app.audit.rules import noted_anchors
from app.audit.services import once, record, remember
from app.db.session import transaction
from app.errors import InvalidError, RetryableError
from app.handlers import HANDLERS, IN_TURN
from app.jobs.engine import RunningJob
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.services import claim, enqueue, reap, request_stop
from app.portfolio.services.inquiries import KIND as INQUIRY_KIND
from app.portfolio.services.runs import KIND as RUN_KIND
from app.web.json_lines import JsonFormatter
from app.worker import Worker
from tests.factories.accounts import Cast
from tests.support.databases import Databases

ROOT = Path(__file__).resolve().parents[3]

WORKER_PROGRAM = """
    import sys, time
    from app.factory import create_app
    from app.worker import Worker

    def forever(job):
        while not job.should_stop():
            job.progress({"step": 1})
            time.sleep(0.05)

    app = create_app({"JOB_LOST_SECONDS": 3600, "WORKER_POLL_SECONDS": 0.1})
    Worker(app, handlers={"forever": forever}).run()
"""

Handler = Callable[[RunningJob], None]


@pytest.fixture
def live_app(make_app: Callable[..., Flask]) -> Flask:
    """An application whose clock runs."""
    return make_app(FIXED_NOW=None, WORKER_POLL_SECONDS=0.1)


def _job(session: Session, now: datetime, kind: str = "work") -> Job:
    with transaction(session):
        return enqueue(session, kind=kind, payload={"n": 1}, actor=None, now=now)


def _again(session: Session, job: Job) -> Job:
    """The job as stored now."""
    session.rollback()
    session.refresh(job)
    return job


def _until(
    session: Session, job: Job, state: JobState, *, attempts: int = 1, seconds: float = 90
) -> None:
    deadline = time.monotonic() + seconds
    while (_again(session, job).state, job.attempts) != (state, attempts):
        assert time.monotonic() < deadline, f"The job is {job.state}, begun {job.attempts} times."
        time.sleep(0.05)


class TestLookAfter:
    def test_forgets_answers_to_requests_and_uploads_of_long_ago(
        self, make_app: Callable[..., Flask], session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            for key, days in (("old", 8), ("young", 6)):
                once(session, key, cast.lead, "run.started", {}, now=now - timedelta(days=days))
                remember(session, key, 1)
        app = make_app(REQUEST_KEY_DAYS=7)
        upload = Path(app.instance_path) / "uploads" / ("a" * 64)
        upload.parent.mkdir(parents=True, exist_ok=True)
        upload.write_bytes(b"a customer")
        os.utime(upload, (0, 0))
        Worker(app, handlers={}).look_after()
        assert not upload.exists()
        session.rollback()
        assert session.scalars(select(RequestKey.key)).all() == ["young"]

    def test_notes_where_the_audit_trail_ends_at_once_and_each_day(
        self,
        make_app: Callable[..., Flask],
        session: Session,
        now: datetime,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        hours = [0.0]
        monkeypatch.setattr("app.worker.time.monotonic", lambda: 1e6 + hours[0] * 3600)
        worker = Worker(make_app(), handlers={})

        def noted(after: float) -> list[str]:
            hours[0] = after
            caplog.clear()
            with caplog.at_level(logging.INFO, logger="waymark.worker"):
                worker.look_after()
            lines = [JsonFormatter().format(record) for record in caplog.records]
            return [head for line in lines for head in noted_anchors(line)]

        with transaction(session):
            record(session, actor=None, action="a.b", subject="t:1", now=now)
        head = find_head(session)
        assert head is not None
        assert noted(0) == [f"1:{head.hash}"]
        assert noted(23.9) == []
        assert noted(24) == [f"1:{head.hash}"]
        assert f"1:{head.hash}" in anchor_words(head)


class TestRunNext:
    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_names_the_request_that_asked_in_logs_and_events(
        self,
        live_app: Flask,
        session: Session,
        now: datetime,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        session.info["request_id"] = "the-request"
        job = _job(session, now)
        session.info.pop("request_id")
        lines: list[dict[str, Any]] = []

        def handler(running: RunningJob) -> None:
            with caplog.at_level(logging.INFO):
                logging.getLogger("waymark.anything").info("at work")
            lines.append(json.loads(JsonFormatter().format(caplog.records[-1])))
            with running.sessions() as own, transaction(own):
                record(own, actor=None, action="a.b", subject="t:1", now=now)

        Worker(live_app, handlers={"work": handler}).run_next()
        assert (lines[0]["job"], lines[0]["request"]) == (job.id, "the-request")
        content = session.scalars(select(AuditEvent.content)).one()
        assert json.loads(content)["request"] == "the-request"

    def test_runs_a_handler_once_more_whose_transaction_met_another(
        self, live_app: Flask, session: Session, now: datetime
    ) -> None:
        job = _job(session, now)
        tries: list[int] = []

        def handler(_: RunningJob) -> None:
            tries.append(1)
            if len(tries) == 1:
                raise RetryableError("Two changes met.")

        Worker(live_app, handlers={"work": handler}).run_next()
        assert (len(tries), _again(session, job).state) == (2, JobState.DONE)

    def test_ends_the_job_together_with_its_result(
        self, live_app: Flask, session: Session, now: datetime
    ) -> None:
        job = _job(session, now)
        seen = []

        def handler(running: RunningJob) -> None:
            running.progress({"share": 1}, force=True)
            with running.sessions() as inner, transaction(inner):
                seen.append(running.payload)
                running.finish(inner)

        worker = Worker(live_app, handlers={"work": handler})
        assert worker.run_next()
        assert not worker.run_next()
        assert seen == [{"n": 1}]
        assert _again(session, job).state is JobState.DONE
        assert job.progress == {"share": 1}

    @pytest.mark.parametrize(
        ("error", "words"),
        [(InvalidError("The budget is gone."), "The budget is gone."), (KeyError("x"), "incident")],
    )
    def test_says_why_a_job_failed(
        self, live_app: Flask, session: Session, now: datetime, error: Exception, words: str
    ) -> None:
        job = _job(session, now)

        def handler(_: RunningJob) -> None:
            raise error

        Worker(live_app, handlers={"work": handler}).run_next()
        assert _again(session, job).state is JobState.FAILED
        assert words in (job.failure or "")

    def test_lets_the_handler_keep_its_best_when_stopped(
        self, live_app: Flask, session: Session, now: datetime
    ) -> None:
        job = _job(session, now)

        def handler(running: RunningJob) -> None:
            with running.sessions() as inner, transaction(inner):
                request_stop(inner, inner.get_one(Job, running.job_id), actor=None, now=now)
            assert running.should_stop()

        Worker(live_app, handlers={"work": handler}).run_next()
        assert _again(session, job).state is JobState.STOPPED

    def test_counts_nothing_after_the_job_was_taken_away(
        self, live_app: Flask, session: Session, now: datetime
    ) -> None:
        job = _job(session, now)
        wrote = []

        def handler(running: RunningJob) -> None:
            with running.sessions() as inner, transaction(inner):
                reap(inner, [inner.get_one(Job, running.job_id)], now=now)
            with running.sessions() as inner, transaction(inner):
                running.finish(inner)
                wrote.append(1)

        Worker(live_app, handlers={"work": handler}).run_next()
        assert wrote == []
        assert _again(session, job).state is JobState.QUEUED

    def test_puts_the_job_back_when_the_worker_is_asked_to_end(
        self, live_app: Flask, session: Session, now: datetime
    ) -> None:
        job = _job(session, now)

        def handler(running: RunningJob) -> None:
            worker.ending.set()
            running.should_stop()

        worker = Worker(live_app, handlers={"work": handler})
        worker.run_next()
        assert (_again(session, job).state, job.attempts) == (JobState.QUEUED, 0)


class TestInTurn:
    def test_spreads_one_persons_questions_over_workers_but_not_their_runs(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            for kind in (RUN_KIND, RUN_KIND, INQUIRY_KIND, INQUIRY_KIND):
                enqueue(session, kind=kind, payload={}, actor=cast.lead, now=now)
        begun = []
        for worker in ("w1", "w2", "w3", "w4"):
            with transaction(session):
                kinds = frozenset(HANDLERS)
                job = claim(session, worker=worker, kinds=kinds, now=now, in_turn=IN_TURN)
            begun.append(job and job.kind)
        assert begun == [RUN_KIND, INQUIRY_KIND, INQUIRY_KIND, None]


class TestRun:
    def test_wakes_up_by_the_bell(
        self, make_app: Callable[..., Flask], session: Session, now: datetime
    ) -> None:
        app = make_app(FIXED_NOW=None, WORKER_POLL_SECONDS=60)
        worker = Worker(app, handlers={"work": lambda job: None})
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            time.sleep(0.5)
            with app.app_context():
                own = app.extensions["sqlalchemy"].session
                with transaction(own):
                    job_id = enqueue(own, kind="work", payload={}, actor=None, now=now).id
            _until(session, session.get_one(Job, job_id), JobState.DONE, seconds=5)
        finally:
            worker.ending.set()
            thread.join()


@pytest.fixture
def start_worker(
    database: Databases, tmp_path: Path
) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start workers as processes of their own, which end with the test."""
    started: list[subprocess.Popen[bytes]] = []
    environment = os.environ | {
        "DATABASE_URL": database.url,
        "QUEUE_URL": f"sqlite:///{tmp_path / 'queue.db'}",
        "ENVIRONMENT": "test",
        "SECRET_KEY": "0123456789abcdef" * 2,
    }

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", textwrap.dedent(WORKER_PROGRAM)]
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


class TestAKilledWorker:
    def test_has_its_job_queued_once_more_and_then_lost(
        self,
        start_worker: Callable[[], subprocess.Popen[bytes]],
        session: Session,
        now: datetime,
    ) -> None:
        job = _job(session, now, kind="forever")
        for attempt in (1, 2):
            worker = start_worker()
            _until(session, job, JobState.RUNNING, attempts=attempt)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        start_worker()
        _until(session, job, JobState.LOST, attempts=2)
        assert job.finished_at is not None
