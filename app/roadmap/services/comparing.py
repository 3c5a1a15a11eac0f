"""Work out what could be bought without freed money: the same run, that money still bound."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, LedgerTransfer
from app.approvals.queries.freed import IS_FREED
from app.audit.services import record
from app.calendar.models import Fund
from app.db.session import transaction
from app.jobs.engine import RunningJob
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.services import enqueue
from app.portfolio.engine import parse_problem, solve
from app.portfolio.engine.sandbox import CBC, HIGHS, MOVES
from app.portfolio.models import Run, Scenario
from app.portfolio.services.runs import RunOptions, StartedRun, start_run
from app.roadmap.queries.comparing import KIND, find_comparison, payload_of
from app.roadmap.queries.freed import load_freed_cells
from app.roadmap.rules.comparing import without_money
from app.roadmap.services.forecasting import SECONDS, sound_plan
from app.values.canonical import canonical_json

AGAIN = (JobState.FAILED, JobState.STOPPED)
"""Ends after which the question is put anew."""


def ask_what_it_buys(
    session: Session,
    commitment: Commitment,
    scenario: Scenario,
    options: RunOptions,
    *,
    longest_seconds: int,
    most_candidates: int,
    request_key: str,
    actor: Person,
    now: datetime,
) -> StartedRun:
    """Start a run that may spend what the commitment freed, and the same one without that money.

    What is done or under way already is not asked again. Raises as `start_run`.
    """
    started = start_run(
        session, scenario, options, longest_seconds=longest_seconds,
        most_candidates=most_candidates, request_key=request_key, actor=actor, now=now,
    )  # fmt: skip
    known = find_comparison(session, commitment.id, started.run_id)
    if known is not None and known.state not in AGAIN:
        return started
    payload = payload_of(commitment.id, started.run_id)
    job = enqueue(session, kind=KIND, payload=payload, actor=actor, now=now)
    if started.is_known:
        record(
            session, actor=actor, action="freed.comparison_asked",
            subject=f"commitment:{commitment.id}", after=payload | {"job": job.id}, now=now,
        )  # fmt: skip
    return started


def work_out_comparison(job: RunningJob, *, memory_bytes: int, processes: int = 2) -> None:
    """Handle a job of kind `roadmap.without_freed`.

    Raises UnavailableError when no solver gave an answer that survives the recount.
    """
    with job.sessions() as session:
        document = _problem(session, job)
    problem = parse_problem(canonical_json(document))
    job.progress({"doing": "without"}, force=True)
    backends = [replace(one, memory_bytes=memory_bytes) for one in (HIGHS, CBC)]
    helpers = [replace(one, memory_bytes=memory_bytes) for one in (MOVES, CBC)]
    plan = solve(
        problem, time_limit=SECONDS, gap=0.0, should_stop=job.should_stop, backends=backends,
        beside=helpers[: max(0, processes - 1)],
        on_progress=lambda _: job.progress({"doing": "without"}),
    )  # fmt: skip
    found = sound_plan(plan, problem)
    funded = found["plan"]["funded"]
    answer = {
        "doing": "done", "value": sum(one["value_allocated"] for one in funded),
        "bound": found["bound"], "spend": sum(one["spend"] + one["spend_beyond"] for one in funded),
    }  # fmt: skip
    commitment_id = int(job.payload["commitment_id"])
    with job.sessions() as session, transaction(session):
        session.get_one(Job, job.job_id).progress = answer
        record(
            session, actor=None, action="freed.compared", subject=f"commitment:{commitment_id}",
            after={"run": int(job.payload["run_id"]), **answer}, now=job.now(),
        )  # fmt: skip
        job.finish(session)


def _problem(session: Session, job: RunningJob) -> dict[str, Any]:
    """The run's problem as it was frozen, with what was freed and can be planned still bound."""
    run = session.get_one(Run, int(job.payload["run_id"]))
    commitment = session.get_one(Commitment, int(job.payload["commitment_id"]))
    freed = session.scalar(
        select(func.sum(LedgerTransfer.amount_minor)).where(
            LedgerTransfer.commitment_id == commitment.id,
            LedgerTransfer.at <= run.requested_at,
            *IS_FREED,
        )
    )
    as_of = run.requested_at.date()
    cells = load_freed_cells(session, commitment, int(freed or 0), today=as_of)
    keys = {one.name: one.key for one in session.scalars(select(Fund))}
    return without_money(
        json.loads(run.problem),
        {(keys[one.fund], one.quarter): one.minor for one in cells if one.can_be_planned},
    )
