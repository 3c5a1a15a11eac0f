"""Initiatives with all they own, imported files, key series and organisation units."""

from __future__ import annotations

from app.initiatives.models.bulk import BulkEdit
from app.initiatives.models.handovers import InitiativeHandover
from app.initiatives.models.milestones import Criterion, Milestone
from app.initiatives.models.places import InitiativeTouchpoint
from app.initiatives.models.proposal import (
    Answer,
    Dependency,
    Effect,
    Exclusion,
    Initiative,
    InitiativeMove,
    Option,
    OptionDemand,
    OptionSpend,
    TargetBehaviour,
)
from app.initiatives.models.series import ImportBatch, KeySeries
from app.initiatives.models.units import OrganisationUnit
from app.initiatives.models.views import SavedView

__all__ = [
    "Answer",
    "BulkEdit",
    "Criterion",
    "Dependency",
    "Effect",
    "Exclusion",
    "ImportBatch",
    "Initiative",
    "InitiativeHandover",
    "InitiativeMove",
    "InitiativeTouchpoint",
    "KeySeries",
    "Milestone",
    "Option",
    "OptionDemand",
    "OptionSpend",
    "OrganisationUnit",
    "SavedView",
    "TargetBehaviour",
]
