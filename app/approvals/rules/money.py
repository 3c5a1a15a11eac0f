"""Budgets against commitments, and balances from movements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.approvals.rules.states import TransferKind
from app.portfolio.engine.counting import FundQuarter, fund_quarters
from app.portfolio.engine.problem import Fund
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class FundBudget:
    """A fund's budgets for consecutive quarters; ``carry_over`` is the share that may move on."""

    fund_id: int
    name: str
    quarters: tuple[Quarter, ...]
    budget: tuple[int, ...]
    carry_over: Decimal


@dataclass(frozen=True, slots=True)
class FundUse:
    """One fund in one quarter: what was bound already, what is asked and what is left then."""

    quarter: Quarter
    budget: int
    arrived: int
    bound: int
    asked: int
    left: int

    @property
    def is_overdrawn(self) -> bool:
        return self.left < 0


def fund_uses(
    fund: FundBudget, *, bound: Mapping[Quarter, int], asked: Mapping[Quarter, int]
) -> list[FundUse]:
    """Quarter by quarter, with the carry-over rule the optimizer plans by."""
    held = [bound.get(quarter, 0) for quarter in fund.quarters]
    wanted = [asked.get(quarter, 0) for quarter in fund.quarters]
    spent = [a + b for a, b in zip(held, wanted, strict=True)]
    flow: Sequence[FundQuarter] = fund_quarters(
        Fund(str(fund.fund_id), fund.budget, fund.carry_over), spent
    )
    return [
        FundUse(quarter, state.budget, state.arrived, mine, theirs, state.left)
        for quarter, state, mine, theirs in zip(fund.quarters, flow, held, wanted, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Movement:
    """What ledger transfers of one kind moved together; a reversal names the kind it takes back."""

    kind: TransferKind
    amount_minor: int
    reversed_kind: TransferKind | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """Where approved money stands, in minor units.

    ``approved`` is what decisions granted, ``committed`` is promised and still held by hurdles,
    ``released`` was ever released, ``freed`` went back to the budget, ``spent`` is booked as paid
    out of the released money.
    """

    approved: int = 0
    committed: int = 0
    released: int = 0
    freed: int = 0
    spent: int = 0

    @property
    def is_sound(self) -> bool:
        """Nothing below zero, spent ≤ released, and all that was ever committed ≤ approved."""
        parts = (self.committed, self.released, self.freed, self.spent)
        return (
            min(parts) >= 0
            and self.spent <= self.released
            and self.committed + self.released + self.freed <= self.approved
        )

    @property
    def waiting(self) -> int:
        """What was approved and is in no account yet; none once an approval is written whole."""
        return self.approved - self.committed - self.released - self.freed

    @property
    def bound(self) -> int:
        """What the budget can't use otherwise: all that is committed or was released."""
        return self.committed + self.released

    def __add__(self, other: Balance) -> Balance:
        return Balance(
            self.approved + other.approved,
            self.committed + other.committed,
            self.released + other.released,
            self.freed + other.freed,
            self.spent + other.spent,
        )


def balance(approved_minor: int, movements: Iterable[Movement]) -> Balance:
    """Derive a balance from all movements of what was approved; no balance is ever stored."""
    moved = dict.fromkeys(TransferKind, 0)
    for movement in movements:
        if movement.reversed_kind is None:
            moved[movement.kind] += movement.amount_minor
        else:
            moved[movement.reversed_kind] -= movement.amount_minor
    released, freed = moved[TransferKind.RELEASE], moved[TransferKind.FREE]
    return Balance(
        approved=approved_minor,
        committed=moved[TransferKind.COMMIT] - released - freed,
        released=released,
        freed=freed,
        spent=moved[TransferKind.SPEND],
    )
