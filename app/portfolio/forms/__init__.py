"""What people type about scenarios and runs."""

from __future__ import annotations

from app.portfolio.forms.demands import DEMAND_FORMS, DemandForm
from app.portfolio.forms.pins import PinForm
from app.portfolio.forms.runs import RunForm
from app.portfolio.forms.scenarios import NewScenarioForm, ScenarioForm, VersionForm, limits_form

__all__ = [
    "DEMAND_FORMS",
    "DemandForm",
    "NewScenarioForm",
    "PinForm",
    "RunForm",
    "ScenarioForm",
    "VersionForm",
    "limits_form",
]
