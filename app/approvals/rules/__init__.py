"""What can be decided about money from figures alone: states, four hands, tranches, balances."""

from app.approvals.rules.states import (
    MOVES,
    STATE_WORDS,
    Choice,
    CommitmentState,
    DecisionKind,
    HandKind,
    LedgerAccount,
    Move,
    ProposalState,
    TrancheState,
    TransferKind,
    bar_on,
    move_of,
)

__all__ = [
    "MOVES",
    "STATE_WORDS",
    "Choice",
    "CommitmentState",
    "DecisionKind",
    "HandKind",
    "LedgerAccount",
    "Move",
    "ProposalState",
    "TrancheState",
    "TransferKind",
    "bar_on",
    "move_of",
]
