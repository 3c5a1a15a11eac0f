"""Jobs and workers as the system page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.jobs.models import Job
from app.jobs.queries import SeenWorker
from app.jobs.rules import MOST_ATTEMPTS, JobState

TONES = {
    JobState.QUEUED: "notdue",
    JobState.RUNNING: "accent",
    JobState.DONE: "ok",
    JobState.STOPPED: "waived",
    JobState.FAILED: "bad",
    JobState.LOST: "bad",
}
"""State → colour and glyph; the word always stands beside them."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as a row."""

    id: int
    kind: str
    tone: str
    word: str
    attempts: int
    created_at: datetime
    finished_at: datetime | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """One worker as a row."""

    name: str
    started_at: datetime
    seen_at: datetime
    is_alive: bool


def job_rows(jobs: Sequence[Job]) -> list[JobRow]:
    """The jobs as rows, in their order."""
    return [
        JobRow(
            id=job.id,
            kind=job.kind.replace("_", " "),
            tone=TONES[job.state],
            word=job.state.value,
            attempts=job.attempts,
            created_at=job.created_at,
            finished_at=job.finished_at,
            failure=job.failure,
        )
        for job in jobs
    ]


def worker_rows(
    workers: Sequence[SeenWorker], *, now: datetime, lost_after: timedelta
) -> list[WorkerRow]:
    """The workers as rows, each with whether it has shown life lately."""
    return [
        WorkerRow(w.name, w.started_at, w.seen_at, now - w.seen_at <= lost_after) for w in workers
    ]


def silence_words(
    job: Job, workers: Sequence[SeenWorker], *, now: datetime, lost_after: timedelta
) -> str | None:
    """That nobody works on the job, and what becomes of it; None while somebody does.

    ``workers`` is asked only for a job nobody has begun.
    """
    if job.state is JobState.RUNNING:
        last = job.heartbeat_at or job.created_at
    else:
        last = max((one.seen_at for one in workers), default=job.created_at)
    if job.state.is_over or now - last <= lost_after:
        return None
    then = "it is begun as soon as one runs"
    if job.state is JobState.RUNNING:
        then = (
            "it counts as lost then" if job.attempts >= MOST_ATTEMPTS else "it is begun again then"
        )
    seconds = int((now - last).total_seconds())
    return f"No worker has answered for {seconds:,} s. Tell an admin to start one; {then}."


def count_facts(counts: Mapping[JobState, int]) -> list[tuple[str, str]]:
    """How many jobs stand in each state, in words."""
    return [(state.value.capitalize(), f"{counts[state]:,}") for state in JobState]
