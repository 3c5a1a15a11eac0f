"""Arrange maturity for its pages and for the command line."""

from __future__ import annotations

from app.reviews.presenters.maturity.answers import (
    STATE_TONES,
    DimensionView,
    QuestionView,
    Said,
    answer_steps,
    assessment_facts,
    dimension_views,
    next_dimension,
    progress_words,
    said_before,
)
from app.reviews.presenters.maturity.listing import AssessmentRow, assessment_rows
from app.reviews.presenters.maturity.radar import Radar, Trend, radar, trend_table, trends
from app.reviews.presenters.maturity.standing import (
    Act,
    DimensionRow,
    acts,
    dimension_rows,
    finished_words,
    key_figures,
)
from app.reviews.presenters.maturity.words import (
    answer_words,
    level_words,
    overall_words,
    stage_words,
)

__all__ = [
    "STATE_TONES",
    "Act",
    "AssessmentRow",
    "DimensionRow",
    "DimensionView",
    "QuestionView",
    "Radar",
    "Said",
    "Trend",
    "acts",
    "answer_steps",
    "answer_words",
    "assessment_facts",
    "assessment_rows",
    "dimension_rows",
    "dimension_views",
    "finished_words",
    "key_figures",
    "level_words",
    "next_dimension",
    "overall_words",
    "progress_words",
    "radar",
    "said_before",
    "stage_words",
    "trend_table",
    "trends",
]
