"""How an initiative moves from state to state: one table, which also says why a move is barred."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.initiatives.rules.gaps import Gap
from app.initiatives.rules.words import InitiativeState as State


class Action(Enum):
    """What people do to an initiative."""

    SUBMIT = "submit"
    RETURN = "return"
    CERTIFY = "certify"
    NOMINATE = "nominate"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    STOP = "stop"
    DELIVER = "deliver"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. ``warning`` says beforehand what the move costs."""

    start: State
    action: Action
    end: State
    permission: str
    label: str
    done: str
    needs_reason: bool = False
    warning: str | None = None

    @property
    def is_made_elsewhere(self) -> bool:
        """Whether the move follows from a decision on another page."""
        return self.action in (Action.APPROVE, Action.STOP)


_LOST = "The certification is lost: Finance has to certify it again."
_EDIT, _CERTIFY, _REPLAN = "initiatives.edit", "initiatives.certify", "roadmap.replan"

MOVES = (
    Move(State.DRAFT, Action.SUBMIT, State.SUBMITTED, _EDIT, "Submit to Finance", "submitted"),
    Move(
        State.SUBMITTED, Action.CERTIFY, State.CERTIFIED, _CERTIFY, "Certify the figures",
        "certified",
    ),
    Move(
        State.SUBMITTED, Action.RETURN, State.DRAFT, _CERTIFY, "Return with a reason", "returned",
        needs_reason=True,
    ),
    Move(
        State.CERTIFIED, Action.NOMINATE, State.CANDIDATE, _EDIT, "Nominate as candidate",
        "nominated",
    ),
    Move(
        State.CERTIFIED, Action.REOPEN, State.DRAFT, _EDIT, "Reopen for changes", "reopened",
        warning=_LOST,
    ),
    Move(
        State.CANDIDATE, Action.REOPEN, State.DRAFT, _EDIT, "Reopen for changes", "reopened",
        warning=_LOST + " It is no candidate any more.",
    ),
    Move(State.WITHDRAWN, Action.REOPEN, State.DRAFT, _EDIT, "Reopen as draft", "reopened"),
    *(
        Move(
            state, Action.WITHDRAW, State.WITHDRAWN, _EDIT, "Withdraw", "withdrawn",
            needs_reason=True,
        )
        for state in (State.DRAFT, State.SUBMITTED, State.CERTIFIED, State.CANDIDATE)
    ),
    Move(
        State.CANDIDATE, Action.APPROVE, State.APPROVED, "proposals.decide", "Approve", "approved",
    ),
    Move(
        State.APPROVED, Action.STOP, State.STOPPED, "hurdles.decide", "Stop", "stopped",
        needs_reason=True,
    ),
    Move(
        State.APPROVED, Action.DELIVER, State.SUSTAINED, _EDIT, "Delivered", "delivered",
        warning="It is sustained from then on: measured until it is retired.",
    ),
    Move(
        State.SUSTAINED, Action.RETIRE, State.RETIRED, _EDIT, "Retire", "retired",
        needs_reason=True, warning="Its effect no longer counts where new plans are made.",
    ),
)  # fmt: skip


def moves_from(state: State) -> tuple[Move, ...]:
    """Every move the table has from a state, those made on other pages included."""
    return tuple(move for move in MOVES if move.start is state)


NO_CHANGES = frozenset(
    {
        "initiative.created",
        "initiative.need_named",
        *(f"initiative.{move.done}" for move in MOVES),
    }
)
"""What the audit trail says of an initiative that changes nothing of what it is or costs."""


def find_move(state: State, action: Action) -> Move | None:
    """The move ``action`` makes from ``state``; None where the table has none."""
    return next((m for m in MOVES if m.start is state and m.action is action), None)


def moves_of(action: Action) -> list[Move]:
    """The rows of the table that an action makes, from whatever state."""
    return [move for move in MOVES if move.action is action]


@dataclass(frozen=True, slots=True)
class Actor:
    """What the table needs to know of the person who wants to move an initiative."""

    permissions: frozenset[str]
    is_owner: bool
    is_creator: bool
    leads: bool
    has_changed: bool = False

    @property
    def may_edit(self) -> bool:
        """Owners and creators edit their own, CX leads every initiative."""
        return _EDIT in self.permissions and (self.leads or self.is_owner or self.is_creator)

    @property
    def may_deliver(self) -> bool:
        """Owners say that their own is delivered, program managers of every initiative."""
        return _EDIT in self.permissions and (self.is_owner or _REPLAN in self.permissions)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What guards go by.

    ``nomination_faults``: why the cycle can't take it, as sentences; ``uncertified_pools``: names;
    ``editors``: ids of who changed what it is or costs, read where it can be certified.
    ``open_hurdles``: names of those that hold its money still, in order.
    """

    gaps: tuple[Gap, ...] = ()
    uncertified_pools: tuple[str, ...] = ()
    nomination_faults: tuple[str, ...] = ()
    editors: frozenset[int] = frozenset()
    open_hurdles: tuple[str, ...] = ()


def permission_bars(move: Move, actor: Actor) -> tuple[str, ...]:
    """Why this person can't make the move, whatever the figures say."""
    if move.action in (Action.DELIVER, Action.RETIRE):
        return () if actor.may_deliver else ("This is for its owner or the program manager.",)
    if move.permission not in actor.permissions:
        who = "Finance" if move.permission == _CERTIFY else "a CX lead or the program manager"
        return (f"This is for {who}.",)
    if move.permission == _EDIT and not actor.may_edit:
        return ("Only its owner, who proposed it, or a CX lead can do this.",)
    if move.action is Action.CERTIFY and (part := _part_of(actor)):
        return (f"You {part} it, so somebody else in Finance certifies its money.",)
    return ()


def _part_of(actor: Actor) -> str | None:
    """What keeps the person from certifying, as it follows "you"."""
    if actor.is_owner:
        return "own"
    if actor.is_creator:
        return "proposed"
    return "changed" if actor.has_changed else None


def bars(move: Move, actor: Actor, facts: Circumstances) -> tuple[str, ...]:
    """Every reason why the move can't be made now; empty when it can."""
    found = list(permission_bars(move, actor))
    if move.action in (Action.SUBMIT, Action.CERTIFY):
        found += [gap.message for gap in facts.gaps]
    if move.action is Action.CERTIFY:
        found += [
            f"The pool “{name}” is not certified; certify it on its journey first."
            for name in facts.uncertified_pools
        ]
    if move.action is Action.NOMINATE:
        found += facts.nomination_faults
    if move.action is Action.DELIVER and facts.open_hurdles:
        first, *others = facts.open_hurdles
        also = f" and {len(others)} more are" if others else " is"
        found.append(f"The hurdle “{first}”{also} not decided yet.")
    return tuple(found)


LOCKED = {
    State.SUBMITTED: "It is with Finance. To change it, ask Finance to return it.",
    State.CERTIFIED: "It is certified. Reopen it to change it; the certification is then lost.",
    State.CANDIDATE: "It is a candidate. Reopen it to change it; the certification is then lost.",
    State.APPROVED: "It is approved and stays as it was decided. The roadmap re-plans its dates.",
    State.SUSTAINED: "It is delivered and stays as it was decided; its effect is measured on.",
    State.RETIRED: "It is retired and stays as it was.",
    State.STOPPED: "It is stopped and stays as it was decided.",
    State.WITHDRAWN: "It is withdrawn. Reopen it to work on it again.",
}
"""Why an initiative can't be changed in a state; a draft can."""

NEXT_STEPS = {
    State.SUBMITTED: "Finance certifies or returns it",
    State.CERTIFIED: "Nominate it for an open cycle",
    State.CANDIDATE: "Waits to be chosen in a scenario",
    State.APPROVED: "In delivery on the roadmap",
    State.SUSTAINED: "Measured until it is retired",
    State.RETIRED: "Retired",
    State.STOPPED: "Stopped; its money is freed",
    State.WITHDRAWN: "Withdrawn",
}


def next_step(state: State, gap: Gap | None) -> str:
    """What happens next with an initiative; ``gap`` is the first one of a draft."""
    if state is not State.DRAFT:
        return NEXT_STEPS[state]
    return gap.message if gap else "Submit to Finance"
