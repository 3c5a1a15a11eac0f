"""What could be bought without freed money: the question, and where its answer stands."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.jobs.models import Job

KIND = "roadmap.without_freed"


def find_comparison(session: Session, commitment_id: int, run_id: int) -> Job | None:
    """The newest job that solves a run again without what a commitment freed."""
    return session.scalar(
        select(Job)
        .where(Job.kind == KIND, Job.payload == payload_of(commitment_id, run_id))
        .order_by(Job.id.desc())
        .limit(1)
    )


def payload_of(commitment_id: int, run_id: int) -> dict[str, object]:
    """What is asked."""
    return {"commitment_id": commitment_id, "run_id": run_id}
