"""Carry out what is asked beside a run's plan, and keep the recounted answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from app.audit.services import record
from app.db.session import transaction
from app.errors import NotFoundError
from app.jobs.engine import RunningJob
from app.jobs.models import Job
from app.portfolio.engine import Plan, Problem
from app.portfolio.engine.answers import (
    Answer,
    Ranges,
    alternatives,
    answer_document,
    conflicts,
    frontier,
    marginal_values,
    outlook,
    read_ranges,
    robustness,
    rule_prices,
    stated_plan,
    why_not,
)
from app.portfolio.engine.answers.desk import KEEPER
from app.portfolio.engine.answers.outlook import STEPS
from app.portfolio.engine.sandbox import Backend
from app.portfolio.models import Inquiry
from app.portfolio.queries.answers import KeptRanges, ranges_of, sound_problem
from app.portfolio.queries.inquiries import find_content, find_inquiry_of_job
from app.portfolio.rules import InquiryKind
from app.values.canonical import canonical_json, digest


@dataclass(frozen=True, slots=True)
class _Question:
    """What the job needs of its inquiry, read once."""

    inquiry_id: int
    kind: InquiryKind
    parameters: Mapping[str, Any]
    problem: bytes
    digest: str
    result: bytes
    ranges: KeptRanges | None
    known: bytes | None


@dataclass
class _Work:
    """One question being answered."""

    job: RunningJob
    question: _Question
    problem: Problem
    plan: Plan
    backend: Backend
    done: int = 0

    @property
    def options(self) -> dict[str, Any]:
        """What every answer takes."""
        options: dict[str, Any] = {
            "time_limit": float(self.question.parameters["seconds"]),
            "should_stop": self.job.should_stop,
            "backend": self.backend,
        }
        if "gap" in self.question.parameters:
            options["gap"] = float(self.question.parameters["gap"])
        return options

    @property
    def ranges(self) -> Ranges | None:
        """How sure the inputs are; None where the run keeps nothing of it."""
        kept = self.question.ranges
        return None if kept is None else read_ranges(kept.tree, self.problem)

    def given(self, *names: str) -> dict[str, Any]:
        """Parameters by the same names."""
        return {name: self.question.parameters[name] for name in names}

    def told(self, what: str, of: int | None = None) -> Callable[..., None]:
        """A listener that counts what it hears."""

        def hear(*_heard: object) -> None:
            self.done += 1
            self.job.progress({"doing": what, "done": self.done, "of": of})

        return hear


def answer_inquiry(job: RunningJob, *, memory_bytes: int, processes: int | None = None) -> None:
    """Handle a job of kind `portfolio.inquiry` with so many solver processes at once.

    Raises UntrueAnswerError when the stored problem isn't the one asked about.
    """
    with job.sessions() as session:
        question = _read(session, job.job_id)
    problem = sound_problem(question.problem, question.digest)
    content = question.known
    if content is None:
        plan = stated_plan(problem, json.loads(question.result))
        backend = replace(KEEPER, memory_bytes=memory_bytes, processes=processes)
        work = _Work(job, question, problem, plan, backend)
        job.progress({"doing": "starting", "done": 0, "of": None})
        content = canonical_json(answer_document(problem, _ANSWERS[question.kind](work)))
    _keep(job, question, content)


def _read(session: Session, job_id: int) -> _Question:
    inquiry = find_inquiry_of_job(session, job_id)
    if inquiry is None or inquiry.run.result is None:
        raise NotFoundError("What this job was to answer is gone.")
    return _Question(
        inquiry_id=inquiry.id,
        kind=inquiry.kind,
        parameters=inquiry.parameters,
        problem=inquiry.run.problem,
        digest=inquiry.run.digest,
        result=inquiry.run.result,
        ranges=ranges_of(inquiry.run) if inquiry.kind.draws else None,
        known=find_content(session, inquiry.question),
    )


def _frontier(work: _Work) -> Answer:
    points = int(work.question.parameters["points"])
    return frontier(
        work.problem, points=points, plan=work.plan,
        on_progress=work.told("budgets", 2 * points), **work.options,
    )  # fmt: skip


def _explain(work: _Work) -> Answer:
    of = 2 * len(work.plan.not_funded)
    return why_not(work.problem, work.plan, on_progress=work.told("reasons", of), **work.options)


def _price(work: _Work) -> Answer:
    told = work.told("rules", len(work.problem.rules))
    return rule_prices(work.problem, work.plan, on_progress=told, **work.options)


def _marginal(work: _Work) -> Answer:
    told = work.told("initiatives", len(work.plan.funded))
    return marginal_values(work.problem, work.plan, on_progress=told, **work.options)


def _outlook(work: _Work) -> Answer:
    ranges = work.ranges
    if ranges is None:
        raise NotFoundError("This run keeps nothing of how sure its inputs are. Run it again.")
    return outlook(
        work.problem, work.plan, ranges, on_progress=work.told("steps", STEPS),
        should_stop=work.job.should_stop, **work.given("draws", "seed"),
    )  # fmt: skip


def _robust(work: _Work) -> Answer:
    """From the ranges stored with the inputs; where there are none, from assumed spreads."""
    given, ranges = work.given("draws", "seed"), work.ranges
    told = work.told("draws", int(given["draws"]))
    return robustness(
        work.problem, work.plan, uncertainty=ranges if ranges and ranges.has_any else None,
        on_progress=told, **given, **work.options,
    )  # fmt: skip


def _alternatives(work: _Work) -> Answer:
    given = work.given("count", "distance")
    return alternatives(
        work.problem, work.plan, within=float(work.question.parameters["within"]),
        on_progress=work.told("plans", int(given["count"])), **given, **work.options,
    )  # fmt: skip


def _conflicts(work: _Work) -> Answer:
    return conflicts(work.problem, on_progress=work.told("steps", 4), **work.options)


_ANSWERS: Mapping[InquiryKind, Callable[[_Work], Answer]] = {
    InquiryKind.FRONTIER: _frontier,
    InquiryKind.EXPLAIN: _explain,
    InquiryKind.PRICE: _price,
    InquiryKind.MARGINAL: _marginal,
    InquiryKind.OUTLOOK: _outlook,
    InquiryKind.ROBUST: _robust,
    InquiryKind.ALTERNATIVES: _alternatives,
    InquiryKind.CONFLICTS: _conflicts,
}


def _keep(job: RunningJob, question: _Question, content: bytes) -> None:
    """Store the answer and end the job in one transaction."""
    now = job.now()
    with job.sessions() as session, transaction(session):
        inquiry = session.get_one(Inquiry, question.inquiry_id)
        inquiry.content = content
        inquiry.content_digest = digest(content)
        session.get_one(Job, job.job_id).progress = {"doing": "done"}
        record(
            session, actor=None, action="inquiry.answered", subject=f"run:{inquiry.run_id}",
            now=now, after={"inquiry": inquiry.id, "kind": inquiry.kind,
                            "answer_digest": inquiry.content_digest},
        )  # fmt: skip
        job.finish(session)
