"""States of proposals, commitments and tranches, and the moves between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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


class HandKind(Enum):
    """How a person had a hand in a proposal; all but the last two are noted when submitted."""

    SUBMITTED = "submitted"
    OWNS = "owns"
    CREATED = "created"
    CHANGED = "changed"
    CHANGED_SCENARIO = "changed_scenario"
    CHANGED_SOURCE = "changed_source"
    CHANGED_SINCE = "changed_since"
    SET_LIMITS = "set_limits"


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


@dataclass(frozen=True, slots=True)
class Move:
    """One way a proposal leaves a state, and the permission it takes."""

    action: str
    from_state: ProposalState
    to_state: ProposalState
    permission: str
    needs_free_hands: bool
    is_submitters: bool = False


MOVES = (
    Move("approve", ProposalState.SUBMITTED, ProposalState.APPROVED, "proposals.decide", True),
    Move("return", ProposalState.SUBMITTED, ProposalState.RETURNED, "proposals.decide", True),
    Move(
        "withdraw",
        ProposalState.SUBMITTED,
        ProposalState.WITHDRAWN,
        "proposals.submit",
        False,
        True,
    ),
)
"""Every way out of a state; what is not here does not happen."""

STATE_WORDS = {
    ProposalState.SUBMITTED: "waits for a decision",
    ProposalState.APPROVED: "is approved",
    ProposalState.RETURNED: "was returned",
    ProposalState.WITHDRAWN: "was withdrawn",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A move as a page shows it: ``barred`` is the reason it can't be made, None if it can."""

    action: str
    barred: str | None


def move_of(action: str) -> Move:
    """The row of the table for ``action``."""
    return next(move for move in MOVES if move.action == action)


def bar_on(
    move: Move,
    *,
    state: ProposalState,
    may: bool,
    hands: Iterable[str] = (),
    is_submitter: bool = False,
) -> str | None:
    """Why a person can't make the move now, as a sentence; None if they can.

    ``hands`` says in words what the person did on the proposal themselves.
    """
    if state is not move.from_state:
        return f"This proposal {STATE_WORDS[state]}; nothing is left to decide."
    if not may:
        role = "Finance" if move.permission == "proposals.decide" else "a CX lead"
        return f"Only {role} can do this."
    if move.is_submitters and not is_submitter:
        return "Only who submitted it withdraws it; Finance can return it instead."
    parts = list(hands)
    if move.needs_free_hands and parts:
        return f"You cannot decide: {_listed(parts)}. Somebody else in Finance has to."
    return None


def _listed(parts: list[str]) -> str:
    if len(parts) > 4:
        parts = [*parts[:3], f"{len(parts) - 3} more"]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
