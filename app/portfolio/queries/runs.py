"""Read runs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, undefer

from app.accounts.models import Person
from app.errors import NotFoundError
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.portfolio.models import Run, Scenario

_WITHOUT_DOCUMENTS = (defer(Run.problem), defer(Run.result), defer(Run.inputs))


def get_run(session: Session, run_id: int) -> Run:
    """A run with its documents, job, scenario and cycle; inputs as stored, read when asked for.

    Raises NotFoundError.
    """
    run = session.scalar(_whole().where(Run.id == run_id))
    if run is None:
        raise NotFoundError("There is no such run, or it was removed.")
    return run


def find_run_of_job(session: Session, job_id: int) -> Run | None:
    return session.scalar(_whole().where(Run.job_id == job_id))


def _whole() -> Select[Any]:
    return select(Run).options(
        defer(Run.inputs),
        undefer(Run.inputs_content),
        joinedload(Run.job),
        joinedload(Run.requested_by).lazyload(Person.grants),
        joinedload(Run.scenario).joinedload(Scenario.cycle),
    )


def list_runs_of(session: Session, scenario_id: int, *, limit: int = 20) -> Sequence[Run]:
    """The latest runs of a scenario with their jobs, the newest first, without documents."""
    return session.scalars(
        select(Run)
        .where(Run.scenario_id == scenario_id)
        .options(
            joinedload(Run.job),
            joinedload(Run.requested_by).lazyload(Person.grants),
            *_WITHOUT_DOCUMENTS,
        )
        .order_by(Run.id.desc())
        .limit(limit)
    ).all()


def list_runs_to_compare(session: Session, cycle_id: int, *, limit: int = 50) -> Sequence[Run]:
    """Runs of a cycle that have a result, the newest first, without documents."""
    return session.scalars(
        select(Run)
        .join(Run.scenario)
        .where(Scenario.cycle_id == cycle_id, Run.result_digest.is_not(None))
        .options(contains_eager(Run.scenario), joinedload(Run.job), *_WITHOUT_DOCUMENTS)
        .order_by(Run.id.desc())
        .limit(limit)
    ).all()


def find_earlier_run(session: Session, run: Run) -> int | None:
    """The run of the same person that has to end before this one begins, by id."""
    return session.scalar(
        select(Run.id)
        .join(Run.job)
        .where(
            Run.requested_by_id == run.requested_by_id,
            Run.id < run.id,
            Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
        )
        .order_by(Run.id.desc())
        .limit(1)
    )


def find_answered_run(
    session: Session,
    digest: str,
    *,
    time_limit_seconds: int,
    allowed_gap: Decimal,
    scenario_id: int | None = None,
) -> Run | None:
    """The latest run that answered the same problem under the same options to its end."""
    query = (
        select(Run)
        .join(Run.job)
        .where(
            Run.digest == digest,
            Run.time_limit_seconds == time_limit_seconds,
            Run.allowed_gap == allowed_gap,
            Run.result_digest.is_not(None),
            Job.state == JobState.DONE,
        )
        .order_by(Run.id.desc())
        .limit(1)
    )
    if scenario_id is not None:
        query = query.where(Run.scenario_id == scenario_id)
    return session.scalar(query)
