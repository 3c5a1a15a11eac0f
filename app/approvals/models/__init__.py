"""Frozen proposals, decisions on them, commitments with tranches, and the ledger."""

from __future__ import annotations

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
    "Commitment",
    "CommitmentSpend",
    "Decision",
    "LedgerTransfer",
    "Proposal",
    "ProposalHand",
    "ProposalItem",
    "SpendBatch",
    "SpendDetail",
    "Tranche",
]
