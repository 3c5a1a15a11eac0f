"""Forms of the initiative's pages."""

from __future__ import annotations

from app.initiatives.forms.base import CustomerNeedForm, MoveForm, VersionedForm, differences
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

__all__ = [
    "BehaviourForm",
    "CustomerNeedForm",
    "HandoverForm",
    "InitiativeForm",
    "LinksForm",
    "MilestoneForm",
    "MoveForm",
    "OptionForm",
    "SpotForm",
    "StepForm",
    "UnitForm",
    "VersionedForm",
    "behaviour_data",
    "differences",
    "milestone_data",
    "option_data",
    "option_form",
    "step_data",
    "step_form",
]
