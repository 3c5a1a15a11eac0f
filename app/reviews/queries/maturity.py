"""Read assessments of maturity."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.models import Person
from app.errors import NotFoundError
from app.reviews.models import MaturityAnswer, MaturityAssessment
from app.reviews.rules.maturity import (
    QUESTIONNAIRES,
    Answer,
    AssessmentState,
    Dimension,
    MaturityStage,
    Questionnaire,
    Standing,
    standing,
)

_MISSING = "There is no such assessment, or it was discarded."
_NAMED = (
    joinedload(MaturityAssessment.started_by).lazyload(Person.grants),
    joinedload(MaturityAssessment.closed_by).lazyload(Person.grants),
    joinedload(MaturityAssessment.cycle),
)
_NEWEST_FIRST = (MaturityAssessment.assessed_on.desc(), MaturityAssessment.id.desc())


def list_assessments(session: Session) -> list[MaturityAssessment]:
    """All assessments without their answers, the newest first."""
    return list(
        session.scalars(select(MaturityAssessment).order_by(*_NEWEST_FIRST).options(*_NAMED))
    )


def load_answers(session: Session, assessments: Collection[MaturityAssessment]) -> None:
    """Load the answers of these assessments in one query."""
    by_id: dict[int, list[MaturityAnswer]] = {one.id: [] for one in assessments}
    query = select(MaturityAnswer).where(MaturityAnswer.assessment_id.in_(by_id))
    for answer in session.scalars(query.order_by(MaturityAnswer.id)):
        by_id[answer.assessment_id].append(answer)
    for one in assessments:
        set_committed_value(one, "answers", by_id[one.id])


def get_assessment(session: Session, assessment_id: int) -> MaturityAssessment:
    """Give an assessment with its answers and who gave them. Raises NotFoundError."""
    found = session.scalar(
        select(MaturityAssessment)
        .where(MaturityAssessment.id == assessment_id)
        .options(
            *_NAMED,
            selectinload(MaturityAssessment.answers)
            .joinedload(MaturityAnswer.answered_by)
            .lazyload(Person.grants),
        )
    )
    if found is None:
        raise NotFoundError(_MISSING)
    return found


def lock_assessment(session: Session, assessment: MaturityAssessment) -> None:
    """See an assessment and its answers as they are now; until the transaction ends they stay.

    Raises NotFoundError when it was discarded meanwhile.
    """
    found = session.scalar(
        select(MaturityAssessment)
        .where(MaturityAssessment.id == assessment.id)
        .with_for_update()
        .options(selectinload(MaturityAssessment.answers))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError(_MISSING)


def earlier_closed(session: Session, assessment: MaturityAssessment) -> list[MaturityAssessment]:
    """The closed assessments of the same scope before this one, the newest first, no answers."""
    query = select(MaturityAssessment).where(
        MaturityAssessment.scope == assessment.scope,
        MaturityAssessment.state == AssessmentState.CLOSED,
        MaturityAssessment.assessed_on < assessment.assessed_on,
    )
    return list(session.scalars(query.order_by(*_NEWEST_FIRST)))


def questionnaire_of(assessment: MaturityAssessment) -> Questionnaire:
    return QUESTIONNAIRES[assessment.questionnaire]


def answers_of(assessment: MaturityAssessment) -> dict[str, Answer]:
    """Answers by question; they are loaded."""
    return {
        one.question: Answer(
            None if one.stage is None else MaturityStage(one.stage), one.evidence, one.link
        )
        for one in assessment.answers
    }


def standing_of(assessment: MaturityAssessment) -> Standing:
    """Where an assessment whose answers are loaded says that everything stands."""
    return standing(questionnaire_of(assessment), answers_of(assessment))


def answers_version(assessment: MaturityAssessment, dimension: Dimension | None = None) -> int:
    """How often the answers of a dimension, or all of them, were changed; it only grows.

    Two people who answer different dimensions do not meet, so each dimension has its own.
    """
    keys = {
        one.key
        for one in questionnaire_of(assessment).questions
        if dimension is None or one.dimension is dimension
    }
    return sum(one.version for one in assessment.answers if one.question in keys)


def whole_version(assessment: MaturityAssessment) -> int:
    """How often anything of the assessment was changed."""
    return assessment.version + answers_version(assessment)
