"""Initiatives with all they own, imported files and key series."""

from __future__ import annotations

from app.initiatives.models.proposal import (
    Answer,
    Criterion,
    Dependency,
    Effect,
    Exclusion,
    Initiative,
    InitiativeMove,
    InitiativeTouchpoint,
    Milestone,
    Option,
    OptionDemand,
    OptionSpend,
    TargetBehaviour,
)
from app.initiatives.models.series import ImportBatch, KeySeries

__all__ = [
    "Answer",
    "Criterion",
    "Dependency",
    "Effect",
    "Exclusion",
    "ImportBatch",
    "Initiative",
    "InitiativeMove",
    "InitiativeTouchpoint",
    "KeySeries",
    "Milestone",
    "Option",
    "OptionDemand",
    "OptionSpend",
    "TargetBehaviour",
]
