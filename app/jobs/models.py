"""Background jobs, written in the transaction of their cause."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.types import CanonicalJson, EnumText, UtcDateTime
from app.jobs.rules import JobState


class Job(Base):
    """One piece of background work with its progress and its end.

    ``request`` is the number of the request that asked for it, as logs and audit events have it.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_created_at", "state", "created_at"),
        Index("ix_jobs_requested_by_started_at", "requested_by", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, object]] = mapped_column(CanonicalJson)
    requested_by: Mapped[str]
    request: Mapped[str | None]
    state: Mapped[JobState] = mapped_column(EnumText(JobState))
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None]
    progress: Mapped[dict[str, object] | None] = mapped_column(CanonicalJson)
    failure: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stop_requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def names(self) -> dict[str, object]:
        """What a line of the log calls it, and the request that asked for it."""
        return {"job": self.id, "request": self.request}


class Worker(Base):
    """A worker process and when it last showed that it lives."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
