"""Assessments of maturity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.reviews.models import MaturityAssessment
from app.reviews.queries.maturity import answers_version, whole_version
from app.reviews.rules.maturity import (
    CURRENT,
    NOT_KNOWN,
    WHOLE_COMPANY,
    Answer,
    AnswerDraft,
    AssessmentDraft,
    Dimension,
    MaturityStage,
)
from app.reviews.services.maturity import answer_questions, close_assessment, start_assessment
from tests.support.kept import kept

ASSESSED_AT = datetime(2027, 2, 14, 9, tzinfo=UTC)
Stages = Mapping[str, int | None]


def answer(stage: int | None) -> Answer:
    """Return an answer of a stage, with evidence; None is not known."""
    return Answer(None if stage is None else MaturityStage(stage), f"Record {stage}")


def answers(stage: int | None = 2, **others: int | None) -> dict[str, Answer]:
    """Answer every question with one stage, and some by their keys with others."""
    return {one.key: answer(others.get(one.key, stage)) for one in CURRENT.questions}


def answer_draft(stage: int | None, evidence: str | None = None) -> AnswerDraft:
    choice = NOT_KNOWN if stage is None else str(stage)
    return AnswerDraft(choice, f"Record {stage}" if evidence is None else evidence)


def make_draft(
    session: Session,
    actor: Person,
    *,
    scope: str = WHOLE_COMPANY,
    assessed_on: date = date(2027, 2, 10),
    stages: Stages | None = None,
) -> MaturityAssessment:
    """Start an assessment and answer the questions named in `stages`."""
    draft = AssessmentDraft(scope, assessed_on, "Workshop of nine people")
    assessment = start_assessment(session, draft, actor=actor, now=ASSESSED_AT)
    for dimension in Dimension:
        give(session, assessment, dimension, actor, stages or {})
    return assessment


def give(
    session: Session,
    assessment: MaturityAssessment,
    dimension: Dimension,
    actor: Person,
    stages: Stages,
) -> None:
    """Answer the questions of one dimension that `stages` names."""
    answer_questions(
        session, assessment, dimension,
        {key: answer_draft(stage) for key, stage in stages.items()},
        expected_version=answers_version(assessment, dimension), actor=actor, now=ASSESSED_AT,
    )  # fmt: skip


@kept
def make_assessment(
    session: Session,
    actor: Person,
    *,
    scope: str = WHOLE_COMPANY,
    assessed_on: date = date(2027, 2, 10),
    stage: int | None = 2,
    **others: int | None,
) -> MaturityAssessment:
    """Close an assessment in which every question has `stage`, some by their keys another."""
    stages = {one.key: others.get(one.key, stage) for one in CURRENT.questions}
    assessment = make_draft(session, actor, scope=scope, assessed_on=assessed_on, stages=stages)
    close_assessment(
        session, assessment, expected_version=whole_version(assessment), actor=actor,
        now=ASSESSED_AT,
    )  # fmt: skip
    return assessment
