"""Ask beside a run's plan, and stop asking."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import ConflictError
from app.jobs.rules import JobState
from app.jobs.services import enqueue, request_stop
from app.portfolio.models import Inquiry, Run
from app.portfolio.queries.answers import ranges_of
from app.portfolio.queries.inquiries import ALIVE, count_open, find_inquiry, question_of
from app.portfolio.rules import InquiryKind
from app.portfolio.services.checks import check_may_run

KIND = "portfolio.inquiry"
MOST_OPEN = 5
"""Questions one person may have waiting or at work, or runs would wait behind them for long."""


def ask(session: Session, run: Run, kind: InquiryKind, *, actor: Person, now: datetime) -> Inquiry:
    """Queue a question about a run that is over, unless it is answered or asked already.

    Raises NotAllowedError, ConflictError; the latter also with MOST_OPEN questions open.
    """
    check_may_run(actor)
    if run.result_digest is None:
        raise ConflictError("This run has no result to ask about.")
    has_plan = bool(run.job.progress and run.job.progress.get("value") is not None)
    if kind.needs_plan and not has_plan:
        raise ConflictError("This run has no plan. Ask for its conflicts instead.")
    if kind is InquiryKind.OUTLOOK and ranges_of(run) is None:
        raise ConflictError(
            "This run is older than the ranges of inputs. Run the scenario again and ask that run."
        )
    parameters = dict(kind.parameters)
    question = question_of(run, kind, parameters)
    known = find_inquiry(session, question)
    if known is not None and (known.job.state in ALIVE or _is_answered(known)):
        return known
    if count_open(session, actor.id) >= MOST_OPEN:
        raise ConflictError(
            f"You have {MOST_OPEN} questions waiting or being worked on. "
            "Wait for an answer or stop one of them, then ask again."
        )
    job = enqueue(session, kind=KIND, payload={"run_id": run.id}, actor=actor, now=now)
    inquiry = Inquiry(
        run=run, kind=kind, question=question, job=job, parameters=parameters,
        requested_by=actor, requested_at=now,
    )  # fmt: skip
    session.add(inquiry)
    session.flush()
    record(
        session, actor=actor, action="inquiry.started", subject=f"run:{run.id}", now=now,
        after={"inquiry": inquiry.id, "kind": kind, "question": question},
    )  # fmt: skip
    return inquiry


def _is_answered(inquiry: Inquiry) -> bool:
    return inquiry.content_digest is not None and inquiry.job.state is JobState.DONE


def stop_asking(session: Session, inquiry: Inquiry, *, actor: Person, now: datetime) -> None:
    """Ask a question's work to end and keep what is known. Raises ConflictError when it is over."""
    check_may_run(actor)
    if not request_stop(session, inquiry.job, actor=actor, now=now):
        raise ConflictError("This is over already; look at what came of it.")
    record(
        session, actor=actor, action="inquiry.stopped", subject=f"run:{inquiry.run_id}",
        after={"inquiry": inquiry.id, "state": inquiry.job.state}, now=now,
    )  # fmt: skip
