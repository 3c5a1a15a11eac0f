"""Forms of the initiative's pages."""

from __future__ import annotations

from app.initiatives.forms.base import CustomerNeedForm, MoveForm, VersionedForm, differences
from app.initiatives.forms.bulk import BulkForm
from app.initiatives.forms.cells import CellForm, cell_form
from app.initiatives.forms.options import OptionForm, option_data, option_form
from app.initiatives.forms.proposing import (
    HandoverForm,
    InitiativeForm,
    StepForm,
    step_data,
    step_form,
)
from app.initiatives.forms.rows import (
    BehaviourForm,
    LinksForm,
    MilestoneForm,
    behaviour_data,
    milestone_data,
)
from app.initiatives.forms.spots import SpotForm
from app.initiatives.forms.units import UnitForm
from app.initiatives.forms.views import RenameViewForm, SaveViewForm, ViewForm

__all__ = [
    "BehaviourForm",
    "BulkForm",
    "CellForm",
    "CustomerNeedForm",
    "HandoverForm",
    "InitiativeForm",
    "LinksForm",
    "MilestoneForm",
    "MoveForm",
    "OptionForm",
    "RenameViewForm",
    "SaveViewForm",
    "SpotForm",
    "StepForm",
    "UnitForm",
    "VersionedForm",
    "ViewForm",
    "behaviour_data",
    "cell_form",
    "differences",
    "milestone_data",
    "option_data",
    "option_form",
    "step_data",
    "step_form",
]
