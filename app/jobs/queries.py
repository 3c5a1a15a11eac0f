"""Look at jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.jobs.models import Job, Worker
from app.jobs.rules import JobState


def list_latest_jobs(session: Session, *, limit: int = 50) -> Sequence[Job]:
    """The latest jobs, the newest first."""
    return session.scalars(select(Job).order_by(Job.id.desc()).limit(limit)).all()


def count_jobs(session: Session) -> dict[JobState, int]:
    """How many jobs stand in each state."""
    rows = session.execute(select(Job.state, func.count().label("total")).group_by(Job.state))
    counted = {row.state: row.total for row in rows}
    return {state: counted.get(state, 0) for state in JobState}


def is_stop_requested(session: Session, job_id: int) -> bool:
    """Whether somebody asked the job to end early."""
    asked = session.scalar(select(Job.stop_requested_at).where(Job.id == job_id))
    return asked is not None


def list_running_jobs(session: Session) -> Sequence[Job]:
    """Jobs that some worker holds, or held until it was killed."""
    return session.scalars(
        select(Job)
        .where(Job.state == JobState.RUNNING)
        .order_by(Job.id)
        .execution_options(populate_existing=True)
    ).all()


@dataclass(frozen=True, slots=True)
class SeenWorker:
    """A worker and its last sign of life: a busy one shows itself by its job's heartbeat only."""

    name: str
    started_at: datetime
    seen_at: datetime


def list_workers(session: Session) -> list[SeenWorker]:
    """Workers seen lately, the last seen first."""
    beats = (
        select(func.max(Job.heartbeat_at))
        .where(Job.worker == Worker.name, Job.state == JobState.RUNNING)
        .scalar_subquery()
    )
    rows = session.execute(select(Worker, beats))
    seen = [
        SeenWorker(one.name, one.started_at, max(one.seen_at, beat or one.seen_at))
        for one, beat in rows
    ]
    return sorted(seen, key=lambda one: (one.seen_at, one.name), reverse=True)
