"""States of proposals, commitments and tranches; accounts and kinds of ledger movements."""

from __future__ import annotations

from enum import Enum


class ProposalState(Enum):
    """A proposal waits for the CFO until it is approved, returned or withdrawn."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class DecisionKind(Enum):
    """What the approver said."""

    APPROVE = "approve"
    APPROVE_WITHOUT = "approve_without"
    RETURN = "return"


class CommitmentState(Enum):
    """Money promised to an initiative: active while hurdles are open."""

    ACTIVE = "active"
    COMPLETED = "completed"
    STOPPED = "stopped"


class TrancheState(Enum):
    """What happened to the money one hurdle holds."""

    PENDING = "pending"
    HELD = "held"
    RELEASED = "released"
    FREED = "freed"


class LedgerAccount(Enum):
    """Accounts money moves between; the budget is where it comes from and returns to."""

    BUDGET = "budget"
    COMMITTED = "committed"
    RELEASED = "released"
    SPENT = "spent"


class TransferKind(Enum):
    """Why money moved."""

    COMMIT = "commit"
    RELEASE = "release"
    FREE = "free"
    SPEND = "spend"
    REVERSE = "reverse"
