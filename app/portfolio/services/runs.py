"""Start runs of a scenario and stop them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import once, record, remember
from app.errors import ConflictError, InvalidError
from app.jobs.services import enqueue, request_stop
from app.portfolio.models import Run, Scenario
from app.portfolio.queries import find_answered_run
from app.portfolio.queries.answers import ranges_of
from app.portfolio.services.checks import check_cycle_is_open, check_may_run, check_size
from app.portfolio.services.problem import FrozenProblem, freeze_problem
from app.values.canonical import canonical_json, digest

KIND = "portfolio.run"
LARGEST_GAP = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How long a run may take and which gap it may be content with (0: prove the optimum)."""

    time_limit_seconds: int
    allowed_gap: Decimal


@dataclass(frozen=True, slots=True)
class StartedRun:
    """The run to look at; ``is_known`` when it had answered the very same question before."""

    run_id: int
    is_known: bool


def start_run(
    session: Session,
    scenario: Scenario,
    options: RunOptions,
    *,
    longest_seconds: int,
    most_candidates: int = 1_000,
    request_key: str,
    actor: Person,
    now: datetime,
) -> StartedRun:
    """Freeze the scenario's problem and queue its solve, once per ``request_key``.

    Where this version of the scenario has an answer to the same problem under the same options,
    that run is given instead. Raises InvalidError, ConflictError, NotAllowedError.
    """
    check_may_run(actor)
    asked = {
        "scenario": scenario.id,
        "seconds": options.time_limit_seconds,
        "gap": options.allowed_gap,
    }
    known = once(session, request_key, actor, "run.started", asked, now=now)
    if known is not None:
        return StartedRun(run_id=known, is_known=False)
    check_cycle_is_open(scenario)
    _check_options(options, longest_seconds)
    check_size(session, scenario, most_candidates)
    frozen = freeze_problem(session, scenario, today=now.date())
    answered = find_answered_run(
        session, frozen.digest, scenario_id=scenario.id,
        time_limit_seconds=options.time_limit_seconds, allowed_gap=options.allowed_gap,
    )  # fmt: skip
    # One of an earlier version would stand on the page as out of date, and one with other ranges
    # would be asked how sure those are; a new one takes its answer.
    if (
        answered is not None
        and answered.scenario_version == scenario.version
        and _has_ranges(answered, frozen)
    ):
        remember(session, request_key, answered.id)
        return StartedRun(run_id=answered.id, is_known=True)
    run = _queue(session, scenario, options, frozen, actor=actor, now=now)
    remember(session, request_key, run.id)
    return StartedRun(run_id=run.id, is_known=False)


def _has_ranges(run: Run, frozen: FrozenProblem) -> bool:
    """Whether the run's inputs are as sure as they are now."""
    kept = ranges_of(run)
    return kept is not None and kept.digest == digest(canonical_json(frozen.inputs["ranges"]))


def _queue(
    session: Session,
    scenario: Scenario,
    options: RunOptions,
    frozen: FrozenProblem,
    *,
    actor: Person,
    now: datetime,
) -> Run:
    job = enqueue(session, kind=KIND, payload={"scenario_id": scenario.id}, actor=actor, now=now)
    run = Run(
        scenario=scenario,
        scenario_version=scenario.version,
        job=job,
        problem=frozen.content,
        digest=frozen.digest,
        inputs=frozen.inputs,
        time_limit_seconds=options.time_limit_seconds,
        allowed_gap=options.allowed_gap,
        requested_by=actor,
        requested_at=now,
    )
    session.add(run)
    session.flush()
    record(
        session, actor=actor, action="run.started", subject=f"run:{run.id}", now=now,
        after={
            "scenario": scenario.name, "scenario_version": scenario.version,
            "digest": run.digest, "seconds": run.time_limit_seconds, "gap": run.allowed_gap,
        },
    )  # fmt: skip
    return run


def stop_run(session: Session, run: Run, *, actor: Person, now: datetime) -> None:
    """Ask a run to end and keep the best plan so far. Raises ConflictError when it is over."""
    check_may_run(actor)
    if not request_stop(session, run.job, actor=actor, now=now):
        raise ConflictError("This run is over already; look at its result.")
    record(
        session, actor=actor, action="run.stopped", subject=f"run:{run.id}",
        after={"state": run.job.state}, now=now,
    )  # fmt: skip


def _check_options(options: RunOptions, longest_seconds: int) -> None:
    faults = {}
    if not 1 <= options.time_limit_seconds <= longest_seconds:
        faults["seconds"] = f"Enter 1 to {longest_seconds:,} seconds."
    if not 0 <= options.allowed_gap <= LARGEST_GAP:
        faults["gap"] = "Enter a gap from 0 % (prove the optimum) to 50 %."
    if faults:
        raise InvalidError("These options can't be used.", fields=faults)
