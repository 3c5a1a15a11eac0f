"""Whether what the ledger says of a commitment agrees with all that is kept beside it."""

from __future__ import annotations

from app.approvals.rules.cells import Position, standings
from app.approvals.rules.states import TrancheState
from app.approvals.rules.tranches import OPEN_TRANCHES


def position_faults(position: Position) -> list[str]:
    """What does not add up about one commitment, a sentence each; none if all agrees."""
    money = position.balance
    held = dict.fromkeys(TrancheState, 0)
    for one in position.hurdles:
        held[one.state] += one.amount_minor
    open_minor = sum(held[state] for state in OPEN_TRANCHES)
    given_up = money.approved - sum(one.amount_minor for one in position.hurdles)
    pairs = [
        ("is planned by fund and quarter", sum(position.planned.values()), money.approved),
        ("its open hurdles hold", open_minor, money.committed),
        ("its passed hurdles released", held[TrancheState.RELEASED], money.released),
        ("its hurdles gave back", held[TrancheState.FREED] + given_up, money.freed),
        ("is spent by fund and quarter", sum(position.spent.values()), money.spent),
    ]
    faults = [
        f"{position.key}: {told:,} {words}, {kept:,} in the ledger."
        for words, told, kept in pairs
        if told != kept
    ]
    if not money.is_sound:
        faults.append(f"{position.key}: more left an account than it held.")
    if not faults and any(
        min(cell.released, cell.reserved, cell.on_hold, cell.freed) < 0
        for cell in standings(position).values()
    ):
        faults.append(f"{position.key}: a fund holds less than nothing in a quarter.")
    return faults
