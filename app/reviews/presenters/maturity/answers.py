"""The answers of an assessment beside those of an earlier one, and the way through answering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.reviews.models import MaturityAssessment
from app.reviews.presenters.maturity.words import (
    Change,
    answer_words,
    change_of,
    gaps_of,
    level_words,
)
from app.reviews.queries.maturity import answers_of, questionnaire_of, standing_of
from app.reviews.rules.maturity import (
    NOT_KNOWN,
    Answer,
    AssessmentState,
    Dimension,
    DimensionLevel,
    Question,
    Questionnaire,
    Standing,
    level_change,
)
from app.web.filters import NONE, counted, day, number

STATE_TONES = {AssessmentState.DRAFT: "draft", AssessmentState.CLOSED: "passed"}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in words; ``shows`` is what its stage describes, ``choice`` as a form writes it."""

    words: str
    shows: str
    evidence: str
    link: str
    choice: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question with its answer, who gave it, and the answer before."""

    question: Question
    now: Said
    who: str
    before: Said | None
    change: Change | None


@dataclass(frozen=True, slots=True)
class DimensionView:
    """The answers of a dimension, and how its level moved."""

    dimension: Dimension
    level: str
    change: Change | None
    gaps: str
    answered: str
    has_answers: bool
    is_answered: bool
    questions: Sequence[QuestionView]


def dimension_views(
    assessment: MaturityAssessment, before: MaturityAssessment | None
) -> list[DimensionView]:
    """All answers by dimension; the answers of both are loaded."""
    questionnaire = questionnaire_of(assessment)
    now, earlier = answers_of(assessment), answers_of(before) if before else {}
    hands = {
        one.question: f"{one.answered_by.name}, {day(one.answered_at.date())}"
        for one in assessment.answers
    }
    past = {one.dimension: one for one in standing_of(before).dimensions} if before else {}
    return [
        DimensionView(
            dimension=one.dimension,
            level=level_words(one.level) if one.has_answers else NONE,
            change=_level_change(past.get(one.dimension), one),
            gaps=gaps_of(one),
            answered=f"{number(one.asked - len(one.open))} of {number(one.asked)}",
            has_answers=one.has_answers,
            is_answered=not one.open,
            questions=[
                QuestionView(
                    question=question,
                    now=said(question, now.get(question.key)),
                    who=hands.get(question.key, ""),
                    before=said(question, earlier[question.key])
                    if question.key in earlier
                    else None,
                    change=_stage_change(earlier.get(question.key), now.get(question.key)),
                )
                for question in questionnaire.of(one.dimension)
            ],
        )
        for one in standing_of(assessment).dimensions
    ]


def said(question: Question, answer: Answer | None) -> Said:
    """An answer in words."""
    if answer is None:
        return Said(answer_words(None), "", "", "", "")
    return Said(
        words=answer_words(answer),
        shows=question.at(answer.stage) if answer.stage else "",
        evidence=answer.evidence,
        link=answer.link,
        choice=str(answer.stage.number) if answer.stage else NOT_KNOWN,
    )


def said_before(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> dict[str, Said]:
    """Earlier answers in words, by question."""
    return {
        one.key: said(one, answers[one.key])
        for one in questionnaire.questions
        if one.key in answers
    }


def answer_steps(standing: Standing, current: Dimension) -> list[tuple[Dimension, str, str]]:
    """The dimensions with the state of each and how many of its questions are answered."""
    return [
        (
            one.dimension,
            "current" if one.dimension is current else "todo" if one.open else "done",
            f"{number(one.asked - len(one.open))} of {number(one.asked)}",
        )
        for one in standing.dimensions
    ]


def next_dimension(standing: Standing, after: Dimension) -> Dimension | None:
    """Where to go on: the next dimension with an open question, round to the first; None if all
    are answered."""
    order = list(Dimension)
    start = order.index(after) + 1
    open_ones = {one.dimension for one in standing.dimensions if one.open}
    return next((one for one in (*order[start:], *order[:start]) if one in open_ones), None)


def assessment_facts(assessment: MaturityAssessment) -> list[tuple[str, str]]:
    """What an assessment is of and whose it is."""
    facts = [
        ("Assessed as of", day(assessment.assessed_on)),
        ("Started by", f"{assessment.started_by.name}, {day(assessment.started_at.date())}"),
    ]
    if assessment.closed_by and assessment.closed_at:
        facts.append(
            ("Closed by", f"{assessment.closed_by.name}, {day(assessment.closed_at.date())}")
        )
    if assessment.cycle:
        facts.append(("Cycle", assessment.cycle.name))
    asked = counted(assessment.question_count, "question")
    facts.append(("Questions", f"version {assessment.questionnaire}, {asked}"))
    if assessment.method:
        facts.append(("How", assessment.method))
    return facts


def progress_words(assessment: MaturityAssessment) -> str:
    """How far a draft whose answers are loaded is: 14 of 24 questions are answered."""
    answered = assessment.question_count - len(standing_of(assessment).open)
    return f"{number(answered)} of {counted(assessment.question_count, 'question')} are answered"


def _level_change(before: DimensionLevel | None, now: DimensionLevel) -> Change | None:
    return change_of(level_change(before.level, now.level)) if before else None


def _stage_change(before: Answer | None, now: Answer | None) -> Change | None:
    if before is None or now is None or before.stage is None or now.stage is None:
        return None
    return change_of(now.stage.number - before.stage.number, digits=0)
