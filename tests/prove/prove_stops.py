"""Stopping a run: from the request to the finished row, with the best plan kept."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.db.session import transaction
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.services import request_stop
from tests.bench.portfolios import portfolio
from tests.prove.gate import Gate, Size, databases, each_stage, new_stage, seconds
from tests.support.stage import Stage

STOPS = 10
WITHIN = 1.0
WATCHED = 10.0
"""Seconds of a run during which its row is watched before it is stopped."""


def gates(size: Size) -> Iterator[Gate]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="waymark-prove-")))
        kept = stack.enter_context(databases(folder))[-1]
        for solver in ("highs", "cbc"):
            with new_stage(kept, folder) as stage:
                yield from _stop(stage, solver, size.of(STOPS))


def controls(_size: Size) -> Iterator[Gate]:
    """A worker that does not hear of it, so that the run goes on to its limit."""
    with each_stage("deaf_workers") as stages:
        _, stage = next(stages)
        yield next(_stop(stage, "highs", 1))


def _stop(stage: Stage, solver: str, rounds: int) -> Iterator[Gate]:
    stage.start_worker(solver)
    taken, still, without = [], [], 0
    for number in range(rounds):
        job_id = stage.queue_run(portfolio(200, 12, seed=number + 1))
        stage.wait(lambda job=job_id: _progress(stage, job).get("value"))
        still.append(_longest_silence(stage, job_id))
        with stage.session() as session, transaction(session):
            job = session.get_one(Job, job_id)
            request_stop(session, job, actor=stage.cast.lead, now=datetime.now(UTC))
        began = time.monotonic()
        stage.until(job_id, JobState.STOPPED, JobState.DONE, seconds=120)
        taken.append(time.monotonic() - began)
        result = json.loads(stage.run_of(job_id).result or b"{}")
        without += not (result.get("status") == "stopped" and result.get("funded"))
    yield Gate(
        f"{solver} stopped on 200 × 12: row finished, plan kept, ≤ {WITHIN:.0f} s",
        f"{seconds(taken)}, {without} without plan",
        max(taken) <= WITHIN and not without,
    )
    yield Gate(
        f"{solver} on 200 × 12: its row tells progress once a second",
        f"longest silence {seconds(still)}", max(still) <= 1.2,
    )  # fmt: skip


def _longest_silence(stage: Stage, job_id: int) -> float:
    """The longest time between two changes of the progress on the row."""
    until = time.monotonic() + WATCHED
    changed, longest, last = time.monotonic(), 0.0, _progress(stage, job_id)
    while time.monotonic() < until:
        time.sleep(0.02)
        now = _progress(stage, job_id)
        if now != last:
            longest = max(longest, time.monotonic() - changed)
            changed, last = time.monotonic(), now
    return longest


def _progress(stage: Stage, job_id: int) -> Mapping[str, Any]:
    return stage.job(job_id).progress or {}
