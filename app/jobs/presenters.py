"""Jobs and workers as the system page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.jobs.models import Job, Worker
from app.jobs.rules import JobState

ALIVE_WITHIN = timedelta(seconds=60)

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


def worker_rows(workers: Sequence[Worker], *, now: datetime) -> list[WorkerRow]:
    """The workers as rows, each with whether it has shown life lately."""
    return [
        WorkerRow(w.name, w.started_at, w.seen_at, now - w.seen_at <= ALIVE_WITHIN) for w in workers
    ]


def count_facts(counts: Mapping[JobState, int]) -> list[tuple[str, str]]:
    """How many jobs stand in each state, in words."""
    return [(state.value.capitalize(), f"{counts[state]:,}") for state in JobState]
