"""The words, moves and figures of an initiative, worked out on paper."""

from __future__ import annotations

from app.initiatives.rules.flags import cost_flag, looks_like_placeholder
from app.initiatives.rules.links import circle_refusal, circle_through
from app.initiatives.rules.words import (
    REQUIRED_QUESTIONS,
    Direction,
    EvidenceGrade,
    InitiativeState,
    Lens,
    Question,
    Step,
)

__all__ = [
    "REQUIRED_QUESTIONS",
    "Direction",
    "EvidenceGrade",
    "InitiativeState",
    "Lens",
    "Question",
    "Step",
    "circle_refusal",
    "circle_through",
    "cost_flag",
    "looks_like_placeholder",
]
