"""Arrange what has been read for the initiative's pages."""

from __future__ import annotations

from app.initiatives.presenters.case import CaseView, case_places, case_views
from app.initiatives.presenters.case_values import PlanChoice
from app.initiatives.presenters.milestones import milestone_cards
from app.initiatives.presenters.registry import (
    ColumnChoice,
    RegistryView,
    Row,
    column_choices,
    columns,
    filter_options,
    read_view,
    rows,
    view_words,
    with_column,
)
from app.initiatives.presenters.registry_bulk import (
    LABELS,
    TO,
    Selection,
    change_options,
    edited_rows,
    preview,
    read_selection,
)
from app.initiatives.presenters.registry_matrix import matrix_view
from app.initiatives.presenters.registry_views import (
    gone_words,
    read_query,
    saved_state,
    view_rows,
    with_gone,
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
    "LABELS",
    "TO",
    "CaseView",
    "ColumnChoice",
    "PlanChoice",
    "RegistryView",
    "Row",
    "Selection",
    "SimilarLine",
    "UnitRow",
    "answers_of",
    "behaviour_cards",
    "case_places",
    "case_views",
    "change_options",
    "column_choices",
    "columns",
    "edited_rows",
    "filter_options",
    "gone_words",
    "history_items",
    "link_rows",
    "matrix_view",
    "milestone_cards",
    "move_buttons",
    "option_cards",
    "overview_facts",
    "overview_kpis",
    "preview",
    "question_steps",
    "read_query",
    "read_selection",
    "read_view",
    "rows",
    "saved_state",
    "section_tabs",
    "similar_lines",
    "spot_data",
    "unit_rows",
    "view_rows",
    "view_words",
    "why_words",
    "with_column",
    "with_gone",
]
