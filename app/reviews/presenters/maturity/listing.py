"""Assessments in a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.reviews.models import MaturityAssessment
from app.reviews.presenters.maturity.answers import STATE_TONES, progress_words
from app.reviews.presenters.maturity.words import level_words, overall_words
from app.reviews.queries.maturity import standing_of


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """An assessment as the list shows it."""

    id: int
    assessed_on: date
    tone: str
    state: str
    overall: str
    mean: str
    note: str
    who: str


def assessment_rows(assessments: Sequence[MaturityAssessment]) -> list[AssessmentRow]:
    """Assessments of one scope whose answers are loaded, in the order given."""
    return [_row(one) for one in assessments]


def _row(one: MaturityAssessment) -> AssessmentRow:
    standing = standing_of(one)
    return AssessmentRow(
        id=one.id,
        assessed_on=one.assessed_on,
        tone=STATE_TONES[one.state],
        state=one.state.word,
        overall="–" if one.is_draft else overall_words(standing.overall),
        mean="–" if one.is_draft else level_words(standing.mean),
        note=progress_words(one) if one.is_draft else "",
        who=one.started_by.name,
    )
