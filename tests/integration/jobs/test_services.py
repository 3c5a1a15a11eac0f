"""A job is asked for with its cause, held by one worker and never lost from sight."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.errors import InvalidError
from app.jobs.models import Job, Worker
from app.jobs.queries import count_jobs, list_running_jobs
from app.jobs.rules import JobState
from app.jobs.services import (
    BELL,
    beat,
    claim,
    enqueue,
    fail,
    finish,
    reap,
    release,
    report_progress,
    request_stop,
    show_worker,
)
from tests.factories.accounts import Cast

KINDS = frozenset({"solve"})


class Bell:
    """Counts rings and what could be seen from outside when it rang."""

    def __init__(self) -> None:
        self.rings = 0

    def ring(self) -> None:
        self.rings += 1


def _enqueue(session: Session, cast: Cast, now: datetime) -> Job:
    return enqueue(session, kind="solve", payload={"run": 1}, actor=cast.lead, now=now)


@pytest.fixture
def job(session: Session, cast: Cast, now: datetime) -> Job:
    """A job waiting to be done."""
    with transaction(session):
        return _enqueue(session, cast, now)


@pytest.fixture
def running(session: Session, job: Job, now: datetime) -> Job:
    """A job held by worker w1."""
    with transaction(session):
        claimed = claim(session, worker="w1", kinds=KINDS, now=now)
    assert claimed is not None
    return claimed


class TestEnqueue:
    def test_rings_once_the_cause_is_saved(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        bell = Bell()
        session.info[BELL] = bell
        with transaction(session):
            _enqueue(session, cast, now)
            assert bell.rings == 0
        assert bell.rings == 1

    def test_leaves_no_job_when_the_cause_fails(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        session.info[BELL] = bell = Bell()
        with pytest.raises(InvalidError), transaction(session):
            _enqueue(session, cast, now)
            raise InvalidError("No.")
        assert bell.rings == 0
        assert session.scalars(select(Job)).all() == []


class TestClaim:
    def test_gives_each_job_to_one_worker_oldest_first(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            made = [_enqueue(session, cast, now + timedelta(seconds=i)).id for i in range(3)]
        taken = []
        for _ in range(4):
            with transaction(session):
                job = claim(session, worker="w1", kinds=KINDS, now=now)
            taken.append(job.id if job else None)
        assert taken == [*made, None]

    def test_serves_people_in_turn_however_many_jobs_one_has_queued(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            for _ in range(4):
                _enqueue(session, cast, now)
            for _ in range(2):
                enqueue(session, kind="solve", payload={}, actor=cast.cfo, now=now)
        order = []
        for minute in range(6):
            with transaction(session):
                then = now + timedelta(minutes=minute)
                job = claim(session, worker="w1", kinds=KINDS, now=then)
                assert job is not None
                finish(session, job.id, worker="w1", now=then)
            order.append(job.requested_by)
        lead, cfo = cast.lead.audit_key, cast.cfo.audit_key
        assert order == [lead, cfo, lead, cfo, lead, lead]

    def test_gives_a_free_worker_to_who_has_none(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            for _ in range(2):
                _enqueue(session, cast, now)
            claim(session, worker="w1", kinds=KINDS, now=now)
            enqueue(session, kind="solve", payload={}, actor=cast.cfo, now=now + timedelta(hours=1))
        begun = []
        for worker in ("w2", "w3"):
            with transaction(session):
                job = claim(session, worker=worker, kinds=KINDS, now=now)
            assert job is not None
            begun.append(job.requested_by)
        assert begun == [cast.cfo.audit_key, cast.lead.audit_key]

    def test_leaves_kinds_it_does_not_know(self, session: Session, job: Job, now: datetime) -> None:
        with transaction(session):
            assert claim(session, worker="w1", kinds=frozenset({"import"}), now=now) is None

    def test_never_begins_two_of_one_person_in_the_same_instant(
        self, session: Session, engine: Engine, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            first, second = (_enqueue(session, cast, now).id for _ in range(2))

        def take(worker: str) -> int | None:
            with Session(engine) as own, transaction(own):
                job = claim(own, worker=worker, kinds=KINDS, now=now, in_turn=KINDS)
                return job.id if job else None

        with ThreadPoolExecutor() as pool:
            with transaction(session):
                mine = claim(session, worker="w1", kinds=KINDS, now=now, in_turn=KINDS)
                other = pool.submit(take, "w2")
                with suppress(TimeoutError):
                    other.result(timeout=0.5)
            assert mine is not None
            assert (mine.id, other.result(timeout=10)) == (first, None)
        with transaction(session):
            finish(session, first, worker="w1", now=now)
        session.rollback()
        assert take("w2") == second


class TestHeldJob:
    def test_shows_its_progress(self, session: Session, running: Job, now: datetime) -> None:
        with transaction(session):
            held = report_progress(
                session, running.id, worker="w1", progress={"gap": "0.1"}, now=now
            )
        assert held
        session.refresh(running)
        assert running.progress == {"gap": "0.1"}

    def test_listens_to_its_worker_only(
        self, session: Session, running: Job, now: datetime
    ) -> None:
        with transaction(session):
            assert not beat(session, running.id, worker="w2", now=now)
            assert not finish(session, running.id, worker="w2", now=now)
            assert not fail(session, running.id, worker="w2", failure="x", now=now)
            assert beat(session, running.id, worker="w1", now=now)

    def test_is_done_or_stopped_at_the_end(
        self, session: Session, running: Job, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            assert request_stop(session, running, actor=cast.lead, now=now)
        with transaction(session):
            assert finish(session, running.id, worker="w1", now=now)
        session.refresh(running)
        assert running.state is JobState.STOPPED
        with transaction(session):
            assert not request_stop(session, running, actor=cast.lead, now=now)
            assert not finish(session, running.id, worker="w1", now=now)

    def test_goes_back_without_losing_an_attempt_when_its_worker_ends_in_order(
        self, session: Session, running: Job, now: datetime
    ) -> None:
        with transaction(session):
            assert release(session, running.id, worker="w1")
        session.refresh(running)
        assert (running.state, running.attempts) == (JobState.QUEUED, 0)


class TestRequestStop:
    def test_ends_at_once_what_nobody_has_begun(
        self, session: Session, job: Job, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            assert request_stop(session, job, actor=cast.lead, now=now)
        assert job.state is JobState.STOPPED
        assert job.finished_at == now


class TestReap:
    def test_queues_once_more_and_then_gives_up(
        self, session: Session, running: Job, now: datetime
    ) -> None:
        with transaction(session):
            assert len(reap(session, list_running_jobs(session), now=now)) == 1
        assert running.state is JobState.QUEUED
        with transaction(session):
            again = claim(session, worker="w2", kinds=KINDS, now=now)
        assert again is not None
        assert again.attempts == 2
        with transaction(session):
            reap(session, list_running_jobs(session), now=now)
        session.refresh(running)
        assert running.state is JobState.LOST
        assert running.failure
        assert count_jobs(session)[JobState.LOST] == 1

    def test_spares_a_job_whose_worker_showed_life_meanwhile(
        self, session: Session, running: Job, now: datetime
    ) -> None:
        with transaction(session):
            seen = list_running_jobs(session)
            session.execute(text("UPDATE jobs SET heartbeat_at = heartbeat_at + 1"))
            assert reap(session, seen, now=now) == []


class TestShowWorker:
    def test_forgets_workers_not_seen_for_a_day(self, session: Session, now: datetime) -> None:
        with transaction(session):
            show_worker(session, "w1", started_at=now, now=now)
        later = now + timedelta(days=2)
        with transaction(session):
            show_worker(session, "w2", started_at=later, now=later)
        assert [worker.name for worker in session.scalars(select(Worker))] == ["w2"]
