"""What can be decided about money from figures alone: states, four hands, tranches, balances."""

from app.approvals.rules.frozen import (
    FrozenProposal,
    check_snapshot,
    read_snapshot,
    snapshot_bytes,
)
from app.approvals.rules.hands import Hand, hands_of
from app.approvals.rules.money import (
    Balance,
    FundBudget,
    FundUse,
    Movement,
    balance,
    fund_uses,
)
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
from app.approvals.rules.tranches import (
    OPEN_TRANCHES,
    MilestonePlan,
    PlannedTranche,
    planned_tranches,
    spend_left,
)

__all__ = [
    "MOVES",
    "OPEN_TRANCHES",
    "STATE_WORDS",
    "Balance",
    "Choice",
    "CommitmentState",
    "DecisionKind",
    "FrozenProposal",
    "FundBudget",
    "FundUse",
    "Hand",
    "HandKind",
    "LedgerAccount",
    "MilestonePlan",
    "Move",
    "Movement",
    "PlannedTranche",
    "ProposalState",
    "TrancheState",
    "TransferKind",
    "balance",
    "bar_on",
    "check_snapshot",
    "fund_uses",
    "hands_of",
    "move_of",
    "planned_tranches",
    "read_snapshot",
    "snapshot_bytes",
    "spend_left",
]
