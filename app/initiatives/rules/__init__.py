"""The words, moves and figures of an initiative, worked out on paper."""

from __future__ import annotations

from app.initiatives.rules.case import ClaimStep, CostRow, claim_steps, cost_row
from app.initiatives.rules.flags import cost_flag, looks_like_placeholder
from app.initiatives.rules.gaps import Gap, Part, ProposalShape, due_day_fault, missing_parts
from app.initiatives.rules.links import circle_refusal, circle_through
from app.initiatives.rules.moves import (
    LOCKED,
    MOVES,
    Action,
    Actor,
    Circumstances,
    Move,
    bars,
    find_move,
    moves_from,
    next_step,
    permission_bars,
)
from app.initiatives.rules.value import (
    DeclaredClaim,
    EffectClaim,
    Horizon,
    OptionClaim,
    Standalone,
    intensities,
    quick_standalone,
    standalone_value,
)
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
    "LOCKED",
    "MOVES",
    "REQUIRED_QUESTIONS",
    "Action",
    "Actor",
    "Circumstances",
    "ClaimStep",
    "CostRow",
    "DeclaredClaim",
    "Direction",
    "EffectClaim",
    "EvidenceGrade",
    "Gap",
    "Horizon",
    "InitiativeState",
    "Lens",
    "Move",
    "OptionClaim",
    "Part",
    "ProposalShape",
    "Question",
    "Standalone",
    "Step",
    "bars",
    "circle_refusal",
    "circle_through",
    "claim_steps",
    "cost_flag",
    "cost_row",
    "due_day_fault",
    "find_move",
    "intensities",
    "looks_like_placeholder",
    "missing_parts",
    "moves_from",
    "next_step",
    "permission_bars",
    "quick_standalone",
    "standalone_value",
]
