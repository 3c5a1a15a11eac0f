"""The bell that wakes workers, and what a running job looks like to its handler."""

from app.jobs.engine.bell import JobBell
from app.jobs.engine.machine import is_dead_here
from app.jobs.engine.running import RunningJob, sessions_of

__all__ = ["JobBell", "RunningJob", "is_dead_here", "sessions_of"]
