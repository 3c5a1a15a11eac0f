"""Runs of given problems, workers as processes, and a look at what they leave behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEvent
from app.db.session import transaction
from app.db.sqlite import engine_options
from app.jobs.engine import JobBell
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.services import BELL, enqueue
from app.portfolio.engine import parse_problem
from app.portfolio.engine.documents import problem_document
from app.portfolio.engine.sandbox import PREFIX
from app.portfolio.models import Run
from app.portfolio.services.runs import KIND
from app.values.canonical import canonical_json
from tests.factories.accounts import Cast, make_cast
from tests.factories.portfolio import Portfolio, make_portfolio
from tests.support.postgres import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
    import signal, sys
    from importlib import import_module
    from app import worker
    from app.factory import create_app
    from app.portfolio.engine.sandbox import CBC
    from app.portfolio.services import solving

    if sys.argv[1] == "cbc":
        solving.HIGHS = CBC
    worker.REAP_SECONDS = float(sys.argv[2])
    if sys.argv[3]:
        module, _, name = sys.argv[3].partition(":")
        getattr(import_module(module), name)()
    one = worker.Worker(create_app())
    signal.signal(signal.SIGTERM, lambda *_: one.ending.set())
    one.run()
"""


@dataclass
class Stage:
    """A database with a small portfolio, and a temporary folder that only its workers use.

    ``breaks`` names a function that breaks the code of its workers on purpose.
    """

    url: str
    queue: str
    folder: Path
    reap_seconds: float = 0.5
    breaks: str = ""
    engine: Engine = field(init=False)
    cast: Cast = field(init=False)
    portfolio: Portfolio = field(init=False)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = create_engine(**engine_options(self.url))
        self._bell = JobBell(self.queue)
        self.temporary.mkdir(parents=True, exist_ok=True)
        with self.session() as session, transaction(session):
            self.cast = make_cast(session)
            self.portfolio = make_portfolio(session, self.cast)

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": self.url,
            "QUEUE_URL": self.queue,
            "ENVIRONMENT": "test",
            "SECRET_KEY": "0123456789abcdef" * 2,
            "TMPDIR": str(self.temporary),
            "LOG_LEVEL": "ERROR",
        }

    def session(self) -> Session:
        return Session(self.engine, expire_on_commit=False, info={BELL: self._bell})

    def queue_run(
        self,
        document: Mapping[str, Any],
        *,
        actor: Person | None = None,
        seconds: int = 60,
        gap: Decimal = Decimal(0),
    ) -> int:
        """Queue a run of this problem, as a scenario's would be; gives its job."""
        with self.session() as session, transaction(session):
            return queue_problem(
                session, self.portfolio.scenario.id, document, actor=actor or self.cast.lead,
                now=datetime.now(UTC), seconds=seconds, gap=gap,
            )  # fmt: skip

    def start_worker(self, solver: str = "highs") -> subprocess.Popen[bytes]:
        """Start a worker; ``solver`` is the one that is asked first."""
        worker = subprocess.Popen(
            [
                sys.executable, "-c", textwrap.dedent(PROGRAM), solver, str(self.reap_seconds),
                self.breaks,
            ],
            cwd=ROOT, env=self.environment, preexec_fn=die_with_parent(),
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def job(self, job_id: int) -> Job:
        with self.session() as session:
            return session.get_one(Job, job_id)

    def run_of(self, job_id: int) -> Run:
        with self.session() as session:
            return session.scalars(select(Run).where(Run.job_id == job_id)).one()

    def answers(self, run_id: int) -> int:
        """How often an answer to the run was stored."""
        mine = (AuditEvent.action == "run.answered", AuditEvent.subject == f"run:{run_id}")
        with self.session() as session:
            return len(session.scalars(select(AuditEvent.number).where(*mine)).all())

    def wait(self, holds: Callable[[], object], *, seconds: float = 60) -> float:
        """Seconds until it holds; raises TimeoutError when it never does."""
        began = time.monotonic()
        while not holds():
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"It did not happen within {seconds} s.")
            time.sleep(0.02)
        return time.monotonic() - began

    def until(self, job_id: int, *states: JobState, seconds: float = 60) -> Job:
        self.wait(lambda: self.job(job_id).state in states, seconds=seconds)
        return self.job(job_id)

    def solvers(self) -> list[str]:
        """Names of the solver processes that live: they work in folders of ours."""
        return [name for where, name in _processes() if where.is_relative_to(self.temporary)]

    def folders(self) -> list[Path]:
        return list(self.temporary.glob(f"{PREFIX}*"))

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    def end(self) -> None:
        """End the workers in order, by force where that takes long."""
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            try:
                worker.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill(worker)
        self.workers.clear()


def queue_problem(
    session: Session,
    scenario_id: int,
    document: Mapping[str, Any],
    *,
    actor: Person,
    now: datetime,
    seconds: int = 60,
    gap: Decimal = Decimal(0),
) -> int:
    """Queue a run of this problem, as the scenario's would be; gives its job."""
    problem = parse_problem(canonical_json(document))
    job = enqueue(session, kind=KIND, payload={}, actor=actor, now=now)
    session.add(
        Run(
            scenario_id=scenario_id, scenario_version=1, job=job,
            problem=canonical_json(problem_document(problem)), digest=problem.digest, inputs={},
            time_limit_seconds=seconds, allowed_gap=gap, requested_by_id=actor.id,
            requested_at=now,
        )
    )  # fmt: skip
    session.flush()
    return job.id


def _processes() -> Iterator[tuple[Path, str]]:
    """Where each process works, and its name."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield Path(os.readlink(folder / "cwd")), (folder / "comm").read_text().strip()
        except OSError:
            continue


@contextmanager
def open_stage(
    url: str, folder: Path, *, queue: str = "", reap: float = 0.5, breaks: str = ""
) -> Iterator[Stage]:
    """A stage on the empty database at ``url``; its workers are gone at the end."""
    stage = Stage(url, queue or f"sqlite:///{folder / 'queue.db'}", folder, reap, breaks)
    try:
        yield stage
    finally:
        stage.end()
        stage._bell.close()
        stage.engine.dispose()
