"""Maturity in six dimensions over five stages: questions, levels, and what an answer takes."""

from __future__ import annotations

from app.reviews.rules.maturity.drafts import (
    LONGEST_SCOPE,
    NOT_KNOWN,
    WHOLE_COMPANY,
    AnswerDraft,
    AssessmentDraft,
    answer_cell,
    answer_faults,
    assessment_faults,
    needs_evidence,
)
from app.reviews.rules.maturity.levels import (
    Answer,
    DimensionLevel,
    Level,
    Standing,
    level_change,
    standing,
    tenths,
)
from app.reviews.rules.maturity.questions import Question, Questionnaire
from app.reviews.rules.maturity.version_1 import VERSION_1
from app.reviews.rules.maturity.words import (
    EVIDENCE_FROM,
    AssessmentState,
    Dimension,
    MaturityStage,
)

QUESTIONNAIRES = {one.version: one for one in (VERSION_1,)}
"""Every version ever asked; closed assessments are read with their own."""

CURRENT = QUESTIONNAIRES[max(QUESTIONNAIRES)]
"""The questions of a new assessment."""

__all__ = [
    "CURRENT",
    "EVIDENCE_FROM",
    "LONGEST_SCOPE",
    "NOT_KNOWN",
    "QUESTIONNAIRES",
    "WHOLE_COMPANY",
    "Answer",
    "AnswerDraft",
    "AssessmentDraft",
    "AssessmentState",
    "Dimension",
    "DimensionLevel",
    "Level",
    "MaturityStage",
    "Question",
    "Questionnaire",
    "Standing",
    "answer_cell",
    "answer_faults",
    "assessment_faults",
    "level_change",
    "needs_evidence",
    "standing",
    "tenths",
]
