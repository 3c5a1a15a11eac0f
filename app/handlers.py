"""What carries out each kind of background job."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app

from app.accounts.services import answer_resets
from app.db.session import transaction
from app.demo.rules import KIND as DEMO_KIND
from app.demo.services import tell_demo
from app.interactions.services import KIND as COUNT_KIND
from app.interactions.services import LogStore, count_interactions
from app.jobs.engine import RunningJob
from app.mail.services import KIND as MAIL_KIND
from app.mail.services import Outbox, deliver_letters
from app.portfolio.services.answering import answer_inquiry
from app.portfolio.services.inquiries import KIND as INQUIRY_KIND
from app.portfolio.services.runs import KIND as RUN_KIND
from app.portfolio.services.solving import solve_run
from app.reporting.services import KIND as DIGEST_KIND
from app.reporting.services import write_digests
from app.roadmap.queries.comparing import KIND as WITHOUT_FREED_KIND
from app.roadmap.services.comparing import work_out_comparison
from app.roadmap.services.forecasting import KIND as OTHER_USE_KIND
from app.roadmap.services.forecasting import work_out_other_use

COUNT_SECONDS = 3_600.0
"""A log that takes longer to count is counted by the command, so that no worker hangs on it."""


def _within_limits(work: Callable[..., None]) -> Callable[[RunningJob], None]:
    """What solves, with the memory and the processes of this installation."""

    def handle(job: RunningJob) -> None:
        work(job, **_solver_limits())

    return handle


def _solver_limits() -> dict[str, int]:
    config = current_app.config
    return {
        "memory_bytes": config["SOLVER_MEMORY_MB"] * 2**20,
        "processes": config["SOLVER_PROCESSES"],
    }


def _count_interactions(job: RunningJob) -> None:
    count_interactions(job, LogStore.of(current_app.config, seconds=COUNT_SECONDS))


def _deliver_letters(job: RunningJob) -> None:
    outbox = Outbox.of(current_app.config)
    if outbox is not None:
        with job.sessions() as session, transaction(session):
            answer_resets(session, outbox=outbox, now=job.now())
    deliver_letters(job, outbox)


HANDLERS: dict[str, Callable[[RunningJob], None]] = {
    RUN_KIND: _within_limits(solve_run),
    INQUIRY_KIND: _within_limits(answer_inquiry),
    OTHER_USE_KIND: _within_limits(work_out_other_use),
    WITHOUT_FREED_KIND: _within_limits(work_out_comparison),
    COUNT_KIND: _count_interactions,
    MAIL_KIND: _deliver_letters,
    DIGEST_KIND: lambda job: write_digests(job, Outbox.of(current_app.config)),
    DEMO_KIND: lambda job: tell_demo(job, LogStore.of(current_app.config)),
}
"""Kind of job → what carries it out."""

IN_TURN = frozenset({RUN_KIND})
"""Kinds of which nobody has two running at once; questions spread over all workers."""
