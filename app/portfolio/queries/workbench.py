"""Read what the workbench of a scenario shows of runs: its own and those of its neighbours."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, undefer

from app.accounts.models import Person
from app.portfolio.models import Inquiry, Run, Scenario
from app.portfolio.queries.inquiries import load_asked, question_of
from app.portfolio.rules import InquiryKind

OWN_RUNS, OTHER_RUNS = 20, 3
"""The latest runs of the scenario itself, and of every other one of its cycle."""


def list_bench_runs(session: Session, scenario: Scenario) -> Sequence[Run]:
    """The latest runs of the scenario and of the others of its cycle, the newest first.

    With their jobs and scenarios, without documents.
    """
    place = func.row_number().over(partition_by=Run.scenario_id, order_by=Run.id.desc())
    ranked = (
        select(Run.id, Run.scenario_id, place.label("place"))
        .join(Run.scenario)
        .where(Scenario.cycle_id == scenario.cycle_id)
        .subquery()
    )
    is_own = ranked.c.scenario_id == scenario.id
    wanted = select(ranked.c.id).where(
        (is_own & (ranked.c.place <= OWN_RUNS)) | (~is_own & (ranked.c.place <= OTHER_RUNS))
    )
    return session.scalars(
        select(Run)
        .join(Run.scenario)
        .where(Run.id.in_(wanted))
        .options(
            contains_eager(Run.scenario),
            joinedload(Run.job),
            joinedload(Run.requested_by).lazyload(Person.grants),
            defer(Run.problem), defer(Run.result), defer(Run.inputs),
        )
        .order_by(Run.id.desc())
    ).all()  # fmt: skip


def load_documents(session: Session, run_ids: Collection[int]) -> dict[int, Run]:
    """Runs with their documents, jobs and scenarios, by id; inputs as stored."""
    if not run_ids:
        return {}
    runs = session.scalars(
        select(Run)
        .where(Run.id.in_(run_ids))
        .options(
            undefer(Run.problem), undefer(Run.result), undefer(Run.inputs_content),
            defer(Run.inputs), joinedload(Run.job), joinedload(Run.scenario),
            joinedload(Run.requested_by).lazyload(Person.grants),
        )
    )  # fmt: skip
    return {run.id: run for run in runs}


def load_inquiries(session: Session, runs: Mapping[InquiryKind, Run]) -> dict[InquiryKind, Inquiry]:
    """What was asked beside the run of each kind: the answer, else what works on it, else the
    last try."""
    questions = {question_of(run, kind, kind.parameters): kind for kind, run in runs.items()}
    return load_asked(session, questions)


def load_answer_document(session: Session, run: Run, kind: InquiryKind) -> Mapping[str, Any] | None:
    """The stored answer to a question beside a run, if there is one."""
    inquiry = load_inquiries(session, {kind: run}).get(kind)
    if inquiry is None or inquiry.content is None:
        return None
    found: Mapping[str, Any] = json.loads(inquiry.content)
    return found
