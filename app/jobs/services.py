"""Jobs: asked for in the transaction of their cause, carried out by a worker.

Every move is one guarded UPDATE, so that two workers never hold the same job. The functions below
`request_stop` are the worker's side.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Select, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from app.db.statements import rows_changed
from app.jobs.models import Job, Worker
from app.jobs.rules import MOST_ATTEMPTS, JobState

BELL = "job_bell"
LOST_WORDS = "The worker ended without a word. Start it again."
FORGET_WORKERS_AFTER = timedelta(days=1)
_CLAIMING = 0x6A6F6273
"""The lock claims hold on PostgreSQL; any number that nothing else locks by."""


class JobActor(Protocol):
    """Who asked for the job."""

    @property
    def audit_key(self) -> str: ...


def enqueue(
    session: Session,
    *,
    kind: str,
    payload: Mapping[str, object],
    actor: JobActor | None,
    now: datetime,
) -> Job:
    """Write a job into the caller's transaction and wake a worker once it is committed."""
    job = Job(
        kind=kind,
        payload=dict(payload),
        requested_by=actor.audit_key if actor else "system",
        request=session.info.get("request_id"),
        state=JobState.QUEUED,
        attempts=0,
        created_at=now,
    )
    session.add(job)
    session.flush()
    bell = session.info.get(BELL)
    if bell is not None:
        session.info.setdefault("after_commit", []).append(bell.ring)
    return job


def request_stop(session: Session, job: Job, *, actor: JobActor | None, now: datetime) -> bool:
    """Ask a job to end early and keep its best; False if it is over already.

    A job nobody has begun ends at once. The caller records who asked and why.
    """
    end_at_once = (
        update(Job)
        .where(Job.id == job.id, Job.state == JobState.QUEUED)
        .values(state=JobState.STOPPED, stop_requested_at=now, finished_at=now)
    )
    ask = (
        update(Job)
        .where(Job.id == job.id, Job.state == JobState.RUNNING)
        .values(stop_requested_at=now)
    )
    reached = rows_changed(session, end_at_once) or rows_changed(session, ask)
    session.refresh(job)
    return bool(reached)


def claim(
    session: Session,
    *,
    worker: str,
    kinds: frozenset[str],
    now: datetime,
    in_turn: frozenset[str] = frozenset(),
) -> Job | None:
    """Take the next queued job for ``worker``; None when there is none.

    People are served in turn: first who has the fewest jobs running, then whose last one was begun
    the longest ago, and of theirs the oldest. Of the kinds ``in_turn``, a person's next job stays
    while one of theirs runs. Claims take turns until their commit, or two of one instant would
    each not see what the other began.
    """
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        session.execute(select(func.pg_advisory_xact_lock(_CLAIMING)))
    job_id = session.scalar(_next_in_line(kinds, in_turn))
    if job_id is None:
        return None
    take = (
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.QUEUED)
        .values(
            state=JobState.RUNNING,
            worker=worker,
            attempts=Job.attempts + 1,
            started_at=now,
            heartbeat_at=now,
        )
    )
    if not rows_changed(session, take):
        return None
    return session.get(Job, job_id, populate_existing=True)


def claim_queued(
    session: Session, job_id: int, *, worker: str, now: datetime, alive_until: datetime
) -> bool:
    """Take one certain job, queued in the caller's transaction, before any worker can see it.

    Whoever takes it shows no life while they work, so it counts as alive until that moment.
    """
    take = (
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.QUEUED)
        .values(
            state=JobState.RUNNING,
            worker=worker,
            attempts=Job.attempts + 1,
            started_at=now,
            heartbeat_at=alive_until,
        )
    )
    return bool(rows_changed(session, take))


def _next_in_line(kinds: frozenset[str], in_turn: frozenset[str]) -> Select[int]:
    """The job whose turn it is."""
    other = aliased(Job)
    is_theirs = other.requested_by == Job.requested_by
    is_running = other.state == JobState.RUNNING
    has_turn = ~exists().where(
        is_theirs, is_running, other.kind == Job.kind, other.kind.in_(in_turn)
    )
    running = select(func.count()).where(is_theirs, is_running).scalar_subquery()
    last_begun = select(func.max(other.started_at)).where(is_theirs).scalar_subquery()
    return (
        select(Job.id)
        .where(Job.state == JobState.QUEUED, Job.kind.in_(kinds), has_turn)
        .order_by(running, last_begun.asc().nulls_first(), Job.created_at, Job.id)
        .limit(1)
    )


def beat(session: Session, job_id: int, *, worker: str, now: datetime) -> bool:
    """Show that ``worker`` still works on the job; False when it was taken away meanwhile."""
    return _held(session, job_id, worker, {"heartbeat_at": now})


def report_progress(
    session: Session, job_id: int, *, worker: str, progress: Mapping[str, object], now: datetime
) -> bool:
    """Store how far the job is; False when it was taken away meanwhile."""
    return _held(session, job_id, worker, {"heartbeat_at": now, "progress": dict(progress)})


def finish(session: Session, job_id: int, *, worker: str, now: datetime) -> bool:
    """End the job well: stopped if that was asked for, else done."""
    asked = session.scalar(select(Job.stop_requested_at).where(Job.id == job_id))
    state = JobState.STOPPED if asked is not None else JobState.DONE
    values = {"state": state, "finished_at": now, "heartbeat_at": now}
    return _held(session, job_id, worker, values)


def fail(session: Session, job_id: int, *, worker: str, failure: str, now: datetime) -> bool:
    """End the job badly, with a sentence saying why."""
    values = {
        "state": JobState.FAILED, "failure": failure, "finished_at": now, "heartbeat_at": now,
    }  # fmt: skip
    return _held(session, job_id, worker, values)


def release(session: Session, job_id: int, *, worker: str) -> bool:
    """Put a job back into the queue because the worker ends in order; this costs no attempt."""
    values: dict[str, object] = {
        "state": JobState.QUEUED,
        "worker": None,
        "attempts": Job.attempts - 1,
    }
    return _held(session, job_id, worker, values)


def reap(session: Session, jobs: Collection[Job], *, now: datetime) -> list[Job]:
    """Take jobs from workers that are silent: queued once more, then lost.

    A job whose worker has shown life since ``jobs`` was read stays where it is.
    """
    return [job for job in jobs if _reap_one(session, job, now=now)]


def show_worker(session: Session, name: str, *, started_at: datetime, now: datetime) -> None:
    """Note that a worker lives, and forget those that have not been seen for a day."""
    known = session.get(Worker, name)
    if known is None:
        session.add(Worker(name=name, started_at=started_at, seen_at=now))
    else:
        known.seen_at = now
    session.execute(delete(Worker).where(Worker.seen_at < now - FORGET_WORKERS_AFTER))


def forget_worker(session: Session, name: str) -> None:
    """Note that a worker ended in order."""
    session.execute(delete(Worker).where(Worker.name == name))


def _reap_one(session: Session, job: Job, *, now: datetime) -> bool:
    again = job.attempts < MOST_ATTEMPTS and job.stop_requested_at is None
    values: dict[str, object] = (
        {"state": JobState.QUEUED, "worker": None}
        if again
        else {"state": JobState.LOST, "finished_at": now, "failure": LOST_WORDS}
    )
    take_back = (
        update(Job)
        .where(
            Job.id == job.id,
            Job.state == JobState.RUNNING,
            Job.worker == job.worker,
            Job.heartbeat_at == job.heartbeat_at,
        )
        .values(**values)
    )
    reached = rows_changed(session, take_back)
    session.refresh(job)
    return bool(reached)


def _held(session: Session, job_id: int, worker: str, values: dict[str, object]) -> bool:
    change = (
        update(Job)
        .where(Job.id == job_id, Job.worker == worker, Job.state == JobState.RUNNING)
        .values(**values)
    )
    return bool(rows_changed(session, change))
