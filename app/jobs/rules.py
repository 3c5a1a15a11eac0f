"""States of a background job."""

from __future__ import annotations

from enum import Enum


class JobState(Enum):
    """Where a job stands; the row says so, the queue only wakes workers."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    LOST = "lost"

    @property
    def is_over(self) -> bool:
        return self not in (JobState.QUEUED, JobState.RUNNING)


MOST_ATTEMPTS = 2
"""How often a job is begun: a killed worker's job once more, then it counts as lost."""
