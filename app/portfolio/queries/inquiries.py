"""Read questions beside a run's plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer, joinedload, undefer

from app.accounts.models import Person
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.portfolio.models import Inquiry, Run
from app.portfolio.queries.answers import ranges_of
from app.portfolio.rules import InquiryKind
from app.values.canonical import canonical_json, digest

ALIVE = (JobState.QUEUED, JobState.RUNNING)


def question_of(run: Run, kind: InquiryKind, parameters: Mapping[str, object]) -> str:
    """The digest of a question beside a run, asked with these parameters."""
    kept = ranges_of(run) if kind.draws else None
    ranges = None if kept is None else kept.digest
    return question_digest(run.digest, run.result_digest, kind, parameters, ranges=ranges)


def question_digest(
    problem: str,
    result: str | None,
    kind: InquiryKind,
    parameters: Mapping[str, object],
    *,
    ranges: str | None,
) -> str:
    """The digest of a question: of the problem, the plan it is about, its kind and parameters, and
    where it draws from ranges of them."""
    about = result if kind.needs_plan else None
    asked = {"problem": problem, "result": about, "kind": kind, "parameters": parameters}
    if kind.draws and ranges is not None:
        asked["ranges"] = ranges
    return digest(canonical_json(asked))


def find_inquiry(session: Session, question: str) -> Inquiry | None:
    """The question's answer, else what works on it, else its latest try; with its job and run."""
    found = session.scalars(
        _whole().where(Inquiry.question == question).order_by(Inquiry.id.desc()).limit(20)
    ).all()
    return max(found, key=_rank, default=None)


def load_asked(
    session: Session, questions: Mapping[str, InquiryKind]
) -> dict[InquiryKind, Inquiry]:
    """Of each of these questions the answer, else what works on it, else its latest try."""
    if not questions:
        return {}
    found = session.scalars(
        select(Inquiry)
        .where(Inquiry.question.in_(questions))
        .options(joinedload(Inquiry.job), undefer(Inquiry.content))
        .order_by(Inquiry.id)
    )
    best: dict[InquiryKind, Inquiry] = {}
    for one in found:
        kind = questions[one.question]
        best[kind] = max(best.get(kind, one), one, key=_rank)
    return best


def _rank(inquiry: Inquiry) -> tuple[int, int]:
    if inquiry.content_digest is not None and inquiry.job.state is JobState.DONE:
        return (2, inquiry.id)
    return (1 if inquiry.job.state in ALIVE else 0, inquiry.id)


def count_open(session: Session, person_id: int) -> int:
    """How many questions of a person wait or are worked on."""
    mine = (
        select(func.count(Inquiry.id))
        .join(Inquiry.job)
        .where(Inquiry.requested_by_id == person_id, Job.state.in_(ALIVE))
    )
    return session.scalar(mine) or 0


def find_inquiry_of_job(session: Session, job_id: int) -> Inquiry | None:
    """The question a job works on, with its run's problem and result."""
    return session.scalar(
        select(Inquiry)
        .where(Inquiry.job_id == job_id)
        .options(joinedload(Inquiry.run).defer(Run.inputs))
    )


def find_content(session: Session, question: str) -> bytes | None:
    """The stored answer of a question, if there is one."""
    return session.scalar(
        select(Inquiry.content)
        .join(Inquiry.job)
        .where(
            Inquiry.question == question,
            Inquiry.content_digest.is_not(None),
            Inquiry.job.has(state=JobState.DONE),
        )
        .order_by(Inquiry.id)
        .limit(1)
    )


def _whole() -> Select[Any]:
    return select(Inquiry).options(
        joinedload(Inquiry.job),
        joinedload(Inquiry.requested_by).lazyload(Person.grants),
        joinedload(Inquiry.run).options(
            defer(Run.problem), defer(Run.result), defer(Run.inputs)
        ),
    )  # fmt: skip
