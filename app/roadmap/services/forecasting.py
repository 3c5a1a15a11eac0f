"""Work out what a hurdle's money would return in its best other use, by two exact solves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.audit.services import record
from app.calendar.models import Fund
from app.db.session import transaction
from app.errors import ConflictError, NotFoundError, UnavailableError
from app.jobs.engine import RunningJob
from app.jobs.models import Job
from app.jobs.services import enqueue
from app.portfolio.engine import (
    Plan,
    PlanStatus,
    Problem,
    parse_problem,
    result_json,
    solve,
    verify,
)
from app.portfolio.engine.sandbox import CBC, HIGHS, MOVES
from app.portfolio.queries import get_scenario
from app.portfolio.rules.running import MeasuredEffect
from app.portfolio.services.checks import check_may_run
from app.portfolio.services.running import RunningCase, freeze_running
from app.roadmap.models import HurdleForecast
from app.roadmap.queries.facts import key_of, load_hurdle_rows
from app.roadmap.queries.forecasts import find_forecast_of_job, find_same
from app.roadmap.queries.freed import find_next_scenario
from app.roadmap.queries.judging import PAID, Running, last_evidence, load_running_case
from app.roadmap.rules.forward import discounted_cost
from app.roadmap.rules.judging import NotJudged
from app.values.canonical import canonical_json, digest

KIND = "roadmap.other_use"
SECONDS = 60
"""How long each of the two solves may take; what is left open then is shown as a range."""

SIDES = ("with", "without")


def ask_other_use(
    session: Session, tranche: Tranche, *, actor: Person, now: datetime
) -> HurdleForecast:
    """Queue the two solves, unless the same question is answered or asked already.

    Raises NotAllowedError; ConflictError where the hurdle is decided, nothing is bound, no money
    is left or no cycle is open; InvalidError where the scenario is no problem.
    """
    check_may_run(actor)
    facts = load_hurdle_rows(session, [key_of(tranche)]).facts(key_of(tranche))
    if not facts.is_open:
        raise ConflictError("This hurdle is decided; its money has no other use any more.")
    running = load_running_case(session, tranche.commitment, tranche, facts, now.date())
    if isinstance(running, NotJudged):
        raise ConflictError(running.why)
    cost = _cost_minor(running)
    scenario_id = find_next_scenario(session, tranche.currency)
    if scenario_id is None:
        raise ConflictError(
            "No cycle with a scenario is open, so there is nothing to compare with."
        )
    problems = _problems(session, running, scenario_id)
    question = digest(problems)
    known = find_same(session, tranche.id, question)
    if known is not None and known.evidence_id == last_evidence(facts):
        return known
    job = enqueue(session, kind=KIND, payload={"tranche_id": tranche.id}, actor=actor, now=now)
    asked = HurdleForecast(
        tranche_id=tranche.id, evidence_id=last_evidence(facts), scenario_id=scenario_id,
        question=question, problems=problems, cost_minor=cost, as_of=now.date(),
        requested_by_id=actor.id, requested_at=now, job=job,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    record(
        session, actor=actor, action="hurdle.other_use_asked", subject=f"tranche:{tranche.id}",
        after={"forecast": asked.id, "scenario": scenario_id, "question": question}, now=now,
    )  # fmt: skip
    return asked


def _cost_minor(running: Running) -> int:
    first = running.cycle.first_quarter
    cells = [(quarter - first, minor) for (_, quarter), minor in running.freed.items()]
    cost = round(discounted_cost(cells, running.now, float(running.cycle.discount_rate)))
    if cost <= 0:
        raise ConflictError(PAID)
    return cost


def _problems(session: Session, running: Running, scenario_id: int) -> bytes:
    """Both problems as canonical bytes."""
    keys = {one.id: one.key for one in session.scalars(select(Fund))}
    case = RunningCase(
        key=running.key,
        effects=[
            MeasuredEffect(one.case.pool, one.now.mean, one.haircut) for one in running.effects
        ],
        freed={(keys[fund], at): minor for (fund, at), minor in running.freed.items()},
        today=running.today,
    )
    both = freeze_running(session, get_scenario(session, scenario_id), case)
    return canonical_json(
        {side: json.loads(one.content) for side, one in zip(SIDES, both, strict=True)}
    )


@dataclass(frozen=True, slots=True)
class _Question:
    """What the job needs, read once."""

    id: int
    problems: Mapping[str, Any]
    cost_minor: int


def work_out_other_use(job: RunningJob, *, memory_bytes: int, processes: int = 2) -> None:
    """Handle a job of kind `roadmap.other_use`.

    Raises UnavailableError when no solver gave an answer that survives the recount.
    """
    with job.sessions() as session:
        question = _read(session, job.job_id)
    plans = {
        side: _solved(job, question.problems[side], side, memory_bytes, processes) for side in SIDES
    }
    content = canonical_json({"cost_minor": question.cost_minor} | plans)
    now = job.now()
    with job.sessions() as session, transaction(session):
        asked = session.get_one(HurdleForecast, question.id)
        asked.content, asked.content_digest = content, digest(content)
        session.get_one(Job, job.job_id).progress = {"doing": "done"}
        record(
            session, actor=None, action="hurdle.other_use_answered",
            subject=f"tranche:{asked.tranche_id}", now=now,
            after={"forecast": asked.id, "answer_digest": asked.content_digest},
        )  # fmt: skip
        job.finish(session)


def _read(session: Session, job_id: int) -> _Question:
    asked = find_forecast_of_job(session, job_id)
    if asked is None:
        raise NotFoundError("What this job was to work out is gone.")
    return _Question(asked.id, json.loads(asked.problems), asked.cost_minor)


def _solved(
    job: RunningJob, document: Mapping[str, Any], side: str, memory_bytes: int, processes: int
) -> dict[str, Any]:
    """The best plan of one problem: value and bound in minor units, and the plan itself."""
    problem = parse_problem(canonical_json(document))
    done = SIDES.index(side)
    job.progress({"doing": side, "done": done, "of": len(SIDES)}, force=True)
    backends = [replace(one, memory_bytes=memory_bytes) for one in (HIGHS, CBC)]
    helpers = [replace(one, memory_bytes=memory_bytes) for one in (MOVES, CBC)]
    plan = solve(
        problem, time_limit=SECONDS, gap=0.0, should_stop=job.should_stop, backends=backends,
        beside=helpers[: max(0, processes - 1)],
        on_progress=lambda _: job.progress({"doing": side, "done": done, "of": len(SIDES)}),
    )  # fmt: skip
    return sound_plan(plan, problem)


def sound_plan(plan: Plan, problem: Problem) -> dict[str, Any]:
    """Its value, bound and result, recounted. Raises UnavailableError."""
    written = json.loads(canonical_json(result_json(plan)))
    if plan.status is PlanStatus.ERROR or plan.value is None or verify(problem, written):
        raise UnavailableError(
            "No solver gave an answer that survives the recount. Ask again; if it stays, tell an "
            "admin."
        )
    if plan.bound is None:
        raise UnavailableError("The work ended before anything was proven. Ask again.")
    return {"value": plan.value, "bound": max(plan.bound, plan.value), "plan": written}
