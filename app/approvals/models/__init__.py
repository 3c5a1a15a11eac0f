"""Frozen proposals, decisions, approval limits, commitments with tranches, and the ledger."""

from __future__ import annotations

from app.approvals.models.limits import (
    ApprovalLimit,
    ApprovalSignature,
    ConditionSettlement,
    DecisionCondition,
)
from app.approvals.models.money import (
    Commitment,
    CommitmentSpend,
    LedgerTransfer,
    SpendBatch,
    SpendDetail,
    Tranche,
)
from app.approvals.models.proposals import Decision, Proposal, ProposalHand, ProposalItem

__all__ = [
    "ApprovalLimit",
    "ApprovalSignature",
    "Commitment",
    "CommitmentSpend",
    "ConditionSettlement",
    "Decision",
    "DecisionCondition",
    "LedgerTransfer",
    "Proposal",
    "ProposalHand",
    "ProposalItem",
    "SpendBatch",
    "SpendDetail",
    "Tranche",
]
