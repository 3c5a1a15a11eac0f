"""The demo company's assessments of its maturity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.reviews.models import MaturityAssessment
from app.reviews.queries.maturity import answers_version, list_assessments, whole_version
from app.reviews.rules.maturity import (
    CURRENT,
    NOT_KNOWN,
    AnswerDraft,
    AssessmentDraft,
    Dimension,
)
from app.reviews.services.maturity import answer_questions, close_assessment, start_assessment
from seeds.story.maturity import AssessmentStory


@dataclass(frozen=True, slots=True)
class AssessedAt:
    """As of which day an assessment holds, when it was entered, and in which cycle."""

    assessed_on: date
    now: datetime
    cycle_id: int | None = None


def assess(
    session: Session,
    people: Mapping[str, Person],
    story: AssessmentStory,
    when: AssessedAt,
    *,
    closes: bool,
) -> None:
    """Tell one assessment, unless it is there or somebody has gone on with the scope."""
    same = [one for one in list_assessments(session) if one.scope == story.scope]
    is_there = any(one.is_draft or one.assessed_on == when.assessed_on for one in same)
    if is_there or (same and not closes):
        return
    actor = people[story.by]
    draft = AssessmentDraft(story.scope, when.assessed_on, story.method, when.cycle_id)
    assessment = start_assessment(session, draft, actor=actor, now=when.now)
    for dimension in Dimension:
        _answer(session, assessment, dimension, story, actor, when.now)
    if closes:
        version = whole_version(assessment)
        close_assessment(
            session, assessment, expected_version=version, actor=actor, now=when.now
        )  # fmt: skip


def _answer(
    session: Session,
    assessment: MaturityAssessment,
    dimension: Dimension,
    story: AssessmentStory,
    actor: Person,
    now: datetime,
) -> None:
    drafts = {
        one.key: AnswerDraft(NOT_KNOWN if stage is None else str(stage), evidence)
        for one in CURRENT.of(dimension)
        if one.key in story.answers
        for stage, evidence in (story.answers[one.key],)
    }
    answer_questions(
        session, assessment, dimension, drafts,
        expected_version=answers_version(assessment, dimension), actor=actor, now=now,
    )  # fmt: skip
