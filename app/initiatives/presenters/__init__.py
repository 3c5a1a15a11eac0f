"""Arrange what has been read for the initiative's pages."""

from __future__ import annotations

from app.initiatives.presenters.case import CaseView, case_places, case_views
from app.initiatives.presenters.case_values import PlanChoice
from app.initiatives.presenters.milestones import milestone_cards
from app.initiatives.presenters.registry import (
    RegistryView,
    columns,
    filter_options,
    read_view,
    rows,
)
from app.initiatives.presenters.sections import (
    answers_of,
    behaviour_cards,
    history_items,
    link_rows,
    move_buttons,
    option_cards,
    overview_facts,
    overview_kpis,
    question_steps,
)
from app.initiatives.presenters.similar import SimilarLine, similar_lines, why_words
from app.initiatives.presenters.spots import spot_data
from app.initiatives.presenters.tabs import section_tabs
from app.initiatives.presenters.units import UnitRow, unit_rows

__all__ = [
    "CaseView",
    "PlanChoice",
    "RegistryView",
    "SimilarLine",
    "UnitRow",
    "answers_of",
    "behaviour_cards",
    "case_places",
    "case_views",
    "columns",
    "filter_options",
    "history_items",
    "link_rows",
    "milestone_cards",
    "move_buttons",
    "option_cards",
    "overview_facts",
    "overview_kpis",
    "question_steps",
    "read_view",
    "rows",
    "section_tabs",
    "similar_lines",
    "spot_data",
    "unit_rows",
    "why_words",
]
