"""Hundreds of queued runs, worked off by one and by two workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from app.audit.models import AuditEvent
from app.jobs.models import Job
from app.jobs.rules import JobState
from tests.bench.portfolios import plain
from tests.prove.gate import Gate, Size, databases, each_stage, new_stage
from tests.support.stage import Stage

RUNS = 500
FEW = 10
"""Runs of the person who comes last, while three others have queued all the rest."""
MANY = 80
"""Enough of them that the order tells."""
PATIENCE = 3_600


def gates(size: Size) -> Iterator[Gate]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="waymark-prove-")))
        for one in stack.enter_context(databases(folder)):
            for workers in (1, 2):
                with new_stage(one, folder) as stage:
                    yield from _drain(stage, size.of(RUNS), workers, f"{one.kind}, {workers}")


def controls(_size: Size) -> Iterator[Gate]:
    """A queue that serves in the order of asking."""
    with each_stage("no_turns") as stages:
        kind, stage = next(stages)
        yield list(_drain(stage, MANY, 1, f"{kind}, 1"))[1]


def _drain(stage: Stage, count: int, workers: int, name: str) -> Iterator[Gate]:
    cast = stage.cast
    others = (cast.lead, cast.cfo, cast.manager)
    for number in range(count - FEW):
        stage.queue_run(plain(20, seed=number), actor=others[number * 3 // (count - FEW)])
    for number in range(FEW):
        stage.queue_run(plain(20, seed=count + number), actor=cast.owner)
    for _ in range(workers):
        stage.start_worker()
    stage.wait(lambda: _count_open(stage) == 0, seconds=PATIENCE)
    jobs = _jobs(stage)
    answers = Counter(_answered(stage))
    once = sum(answers[f"run:{stage.run_of(job.id).id}"] == 1 for job in jobs)
    good = sum(job.state is JobState.DONE and job.attempts == 1 for job in jobs)
    yield Gate(
        f"{name} workers: {count} queued runs end done, each once",
        f"{good} done at the first attempt, {once} answered once, {_pace(jobs):.2f} runs/s",
        good == once == count,
    )
    order = [job.requested_by for job in sorted(jobs, key=lambda job: job.started_at or 0)]
    mine = [place + 1 for place, who in enumerate(order) if who == cast.owner.audit_key]
    yield Gate(
        f"{name} workers: who comes last with {FEW} is served in turn",
        f"the last of them was begun as number {mine[-1]} of {count}",
        mine[-1] <= 4 * FEW + 2 * workers,
    )
    yield Gate(f"{name} workers: nobody has two at once", *_at_once(jobs))


def _at_once(jobs: list[Job]) -> tuple[str, bool]:
    """How often a run began before the same person's last one had ended."""
    twice, ended = 0, {}
    for job in sorted(jobs, key=lambda job: job.started_at or 0):
        twice += job.requested_by in ended and job.started_at < ended[job.requested_by]
        ended[job.requested_by] = job.finished_at
    return f"{twice} overlaps", twice == 0


def _pace(jobs: list[Job]) -> float:
    began = min(job.started_at for job in jobs if job.started_at)
    ended = max(job.finished_at for job in jobs if job.finished_at)
    return len(jobs) / (ended - began).total_seconds()


def _count_open(stage: Stage) -> int:
    alive = (JobState.QUEUED, JobState.RUNNING)
    with stage.session() as session:
        return len(session.scalars(select(Job.id).where(Job.state.in_(alive))).all())


def _jobs(stage: Stage) -> list[Job]:
    with stage.session() as session:
        return list(session.scalars(select(Job)).all())


def _answered(stage: Stage) -> list[str]:
    """What answers were stored to, as often as they were."""
    with stage.session() as session:
        found = session.scalars(select(AuditEvent).where(AuditEvent.action == "run.answered"))
        return [event.subject for event in found]
