"""Workers killed at any moment of a run: nothing lost, nothing twice, nothing left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from app.jobs.rules import JobState
from tests.bench.portfolios import portfolio
from tests.prove.gate import Gate, Size, each_stage, seconds
from tests.support.stage import Stage

KILLS = 20
LONGEST = 6.0
"""Seconds of a run's life among which the moment of the kill is drawn."""


@dataclass
class _Toll:
    """What was found after the kills."""

    kills: int = 0
    begun_twice: int = 0
    gone_after: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def gates(size: Size) -> Iterator[Gate]:
    with each_stage() as stages:
        for kind, stage in stages:
            toll = _Toll()
            for number in range(size.of(KILLS)):
                _kill_one(stage, toll, number)
            yield Gate(
                f"{kind}: worker killed mid-run: answered once, nothing left",
                f"{toll.kills} kills, {toll.begun_twice} begun twice, faults: {_faults(toll)}",
                not toll.wrong,
            )
            gone = toll.gone_after
            yield Gate(f"{kind}: solver processes gone", seconds(gone), max(gone) <= 5)


def controls(_size: Size) -> Iterator[Gate]:
    """Workers that look for nobody who fell silent."""
    with each_stage("no_reaping") as stages:
        kind, stage = next(stages)
        toll = _Toll()
        _kill_one(stage, toll, 0, patience=20)
        yield Gate(f"{kind}: worker killed mid-run: answered once", _faults(toll), not toll.wrong)


def _faults(toll: _Toll) -> str:
    return "; ".join(toll.wrong) or "none"


def _kill_one(stage: Stage, toll: _Toll, number: int, *, patience: float = 90) -> None:
    """Begin a run, kill its worker some time later, and let another one take it up."""
    random = Random(f"kill {number}")
    solver = ("highs", "cbc")[number % 2]
    # Proven by nobody within its time, each of them another problem.
    job_id = stage.queue_run(portfolio(50, 12, seed=number + 1), seconds=8)
    worker = stage.start_worker(solver)
    stage.until(job_id, JobState.RUNNING)
    moment = random.uniform(0, LONGEST)
    time.sleep(moment)
    stage.kill(worker)
    toll.kills += 1
    toll.gone_after.append(stage.wait(lambda: not stage.solvers(), seconds=30))
    second = stage.start_worker(solver)
    try:
        job = stage.until(job_id, JobState.DONE, JobState.LOST, JobState.FAILED, seconds=patience)
    except TimeoutError:
        toll.wrong.append(f"kill {number}: nobody took it up")
        return
    toll.begun_twice += job.attempts == 2
    run = stage.run_of(job_id)
    where = f"kill {number} ({solver}, after {moment:.1f} s)"
    if job.state is not JobState.DONE or run.result is None:
        toll.wrong.append(f"{where}: {job.state.value} {job.failure or ''}")
    if stage.answers(run.id) != 1:
        toll.wrong.append(f"{where}: answered {stage.answers(run.id)} times")
    stage.wait(lambda: not stage.solvers(), seconds=30)
    if stage.folders():
        toll.wrong.append(f"{where}: {len(stage.folders())} folders left")
    second.terminate()
    second.wait()
