"""A worker that is killed while it solves loses nothing and leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.db.session import transaction
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.services import request_stop
from tests.bench.portfolios import portfolio
from tests.support.databases import Databases
from tests.support.stage import Stage, open_stage

SOLVER_OF = {"sqlite": "cbc", "postgresql": "highs"}
"""The one asked first: CBC is a process below the solver process, HiGHS is not."""


@pytest.fixture
def stage(database: Databases, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(database.url, tmp_path) as stage:
        yield stage


class TestKilledWorker:
    def test_leaves_no_process_and_no_folder_and_its_run_is_answered_once(
        self, stage: Stage, database: Databases
    ) -> None:
        solver = SOLVER_OF[database.kind]
        job_id = stage.queue_run(portfolio(30, 12))
        worker = stage.start_worker(solver)
        stage.wait(lambda: solver == "highs" or "cbc" in stage.solvers())
        stage.wait(lambda: (stage.job(job_id).progress or {}).get("value"))
        assert stage.solvers()
        stage.kill(worker)
        stage.wait(lambda: not stage.solvers(), seconds=10)

        stage.start_worker(solver)
        stage.wait(lambda: stage.job(job_id).attempts == 2)
        stage.wait(lambda: (stage.job(job_id).progress or {}).get("bound") and stage.solvers())
        with stage.session() as session, transaction(session):
            request_stop(
                session, session.get_one(Job, job_id), actor=stage.cast.lead, now=datetime.now(UTC)
            )
        stage.until(job_id, JobState.STOPPED)
        run = stage.run_of(job_id)
        assert run.result is not None
        assert stage.answers(run.id) == 1
        stage.wait(lambda: not stage.solvers() and not stage.folders(), seconds=10)
