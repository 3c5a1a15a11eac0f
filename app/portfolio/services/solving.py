"""Carry out a run: solve its problem in the background and keep the recounted answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy.orm import Session

from app.audit.services import record
from app.db.session import transaction
from app.errors import NotFoundError, UnavailableError
from app.jobs.engine import RunningJob
from app.jobs.models import Job
from app.portfolio.engine import (
    Plan,
    PlanStatus,
    Problem,
    Progress,
    result_json,
    solve,
    verify,
)
from app.portfolio.engine.sandbox import CBC, HIGHS, MOVES
from app.portfolio.models import Run
from app.portfolio.queries.answers import sound_problem
from app.portfolio.queries.runs import find_answered_run, find_run_of_job
from app.values.canonical import canonical_json, digest

logger = logging.getLogger("waymark.portfolio")

MOST_TRACED = 120
"""Points kept of how value and bound moved; every second one is dropped beyond that."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What the job needs of its run, read once."""

    run_id: int
    content: bytes
    digest: str
    seconds: int
    gap: Decimal
    known_result: bytes | None


@dataclass
class _Trace:
    """Seconds, value and bound as the solver told them."""

    points: list[tuple[float, int | None, int | None]] = field(default_factory=list)

    def add(self, told: Progress) -> None:
        self.points.append((round(told.seconds, 2), told.value, told.bound))
        if len(self.points) > MOST_TRACED:
            self.points = [*self.points[:-1:2], self.points[-1]]


def solve_run(job: RunningJob, *, memory_bytes: int, processes: int = 2) -> None:
    """Handle a job of kind `portfolio.run`; a solver process gets ``memory_bytes`` at most, and
    with one of the ``processes`` alone nothing is searched beside the solver.

    Raises UntrueAnswerError when the stored problem isn't the one asked for, UnavailableError when
    no solver gave an answer that survives the recount; the job then fails with these words.
    """
    with job.sessions() as session:
        question = _read(session, job.job_id)
    problem = sound_problem(question.content, question.digest)
    if question.known_result is not None:
        _keep(job, question, problem, question.known_result, _Trace())
        return
    trace = _Trace()

    def told(progress: Progress) -> None:
        trace.add(progress)
        job.progress(_live(progress, problem, trace))

    backends = [replace(backend, memory_bytes=memory_bytes) for backend in (HIGHS, CBC)]
    helpers = [replace(backend, memory_bytes=memory_bytes) for backend in (MOVES, CBC)]
    plan = solve(
        problem,
        time_limit=question.seconds,
        gap=float(question.gap),
        on_progress=told,
        should_stop=job.should_stop,
        backends=backends,
        beside=helpers[: max(0, processes - 1)],
    )
    if plan.message:
        logger.warning("Solvers failed on run %s: %s", question.run_id, plan.message)
    _refuse_errors(plan, problem)
    plan = replace(plan, solver=_solver_words(plan.solver))
    _keep(job, question, problem, canonical_json(result_json(plan)), trace)


def _solver_words(name: str) -> str:
    """The solver with its version, also where it was stopped before it could say so itself."""
    if name != "highs":
        return name
    try:
        return f"HiGHS {version('highspy')}"
    except PackageNotFoundError:
        return "HiGHS"


def _read(session: Session, job_id: int) -> _Question:
    run = find_run_of_job(session, job_id)
    if run is None:
        raise NotFoundError("The run of this job is gone.")
    known = find_answered_run(
        session, run.digest,
        time_limit_seconds=run.time_limit_seconds, allowed_gap=run.allowed_gap,
    )  # fmt: skip
    return _Question(
        run_id=run.id,
        content=run.problem,
        digest=run.digest,
        seconds=run.time_limit_seconds,
        gap=run.allowed_gap,
        known_result=known.result if known else None,
    )


def _live(told: Progress, problem: Problem, trace: _Trace) -> dict[str, object]:
    return {
        "doing": told.phase,
        "seconds": round(told.seconds, 2),
        "value": told.value,
        "bound": told.bound,
        "gap": None if told.gap is None else round(told.gap, 9),
        "funded": told.funded,
        "of": len(problem.initiatives),
        "solver": told.solver,
        "trace": list(trace.points),
    }


def _refuse_errors(plan: Plan, problem: Problem) -> None:
    if plan.status is PlanStatus.ERROR:
        raise UnavailableError(
            "No solver finished with an answer that holds. The scenario is untouched; "
            "start the run again, with more time if it is a large one."
        )
    differences = verify(problem, json.loads(canonical_json(result_json(plan))))
    if differences:
        logger.error("The recount differs: %s", "; ".join(map(str, differences[:5])))
        raise UnavailableError(
            "The answer and its recount differ, so it is not shown. Start the run again; "
            "if it stays, tell an admin."
        )


def _keep(
    job: RunningJob, question: _Question, problem: Problem, content: bytes, trace: _Trace
) -> None:
    """Store the answer and end the job in one transaction."""
    result = json.loads(content)
    now = job.now()
    with job.sessions() as session, transaction(session):
        run = session.get_one(Run, question.run_id)
        run.result = content
        run.result_digest = digest(content)
        session.get_one(Job, job.job_id).progress = _summary(result, problem, trace)
        _record(session, run, result, now)
        job.finish(session)


def _summary(result: Mapping[str, Any], problem: Problem, trace: _Trace) -> dict[str, object]:
    """What lists of runs show without opening the result."""
    return {
        "doing": "done",
        "status": result["status"],
        "currency": result["currency"],
        "approximation": result["approximation"],
        "conflict": result["conflict"],
        "seconds": result["seconds"],
        "value": result["value"],
        "bound": result["bound"],
        "gap": result["gap"],
        "spend": result["spend"],
        "funded": len(result["funded"]),
        "of": len(problem.initiatives),
        "solver": result["solver"],
        "trace": list(trace.points),
    }


def _record(session: Session, run: Run, result: Mapping[str, Any], now: datetime) -> None:
    record(
        session, actor=None, action="run.answered", subject=f"run:{run.id}", now=now,
        after={
            "status": result["status"], "value": result["value"], "bound": result["bound"],
            "digest": run.digest, "result_digest": run.result_digest,
        },
    )  # fmt: skip
