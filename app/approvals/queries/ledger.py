"""Read the ledger and derive balances from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    bindparam,
    func,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased, joinedload

from app.accounts.models import Person
from app.approvals.models import Commitment, LedgerTransfer, SpendDetail, Tranche
from app.approvals.queries.funding import load_bound_funds
from app.approvals.rules import Balance, CommitmentState, Movement, TransferKind, balance
from app.calendar.models import Cycle, CycleFund, Fund, FundBudget
from app.initiatives.models import Initiative


@dataclass(frozen=True, slots=True)
class FundBalance:
    """A fund over the cycle's quarters: its budget and what commitments bind of it."""

    fund_id: int
    name: str
    budget_minor: int
    bound_minor: int

    @property
    def left_minor(self) -> int:
        return self.budget_minor - self.bound_minor


def load_fund_balances(session: Session, cycle_id: int) -> tuple[FundBalance, ...]:
    """The cycle's funds in their order; commitments of other cycles count in its quarters too."""
    bound = load_bound_funds(session, cycle_id)
    budgets = session.execute(
        select(CycleFund.fund_id, Fund.name, func.sum(FundBudget.amount_minor))
        .join(CycleFund.fund)
        .join(CycleFund.budgets)
        .where(CycleFund.cycle_id == cycle_id)
        .group_by(CycleFund.fund_id, Fund.name, CycleFund.position)
        .order_by(CycleFund.position)
    )
    return tuple(
        FundBalance(fund_id, name, int(minor), bound.get(fund_id, 0))
        for fund_id, name, minor in budgets
    )


@dataclass(frozen=True, slots=True)
class CommitmentBalance:
    """Where the money of one commitment stands."""

    commitment_id: int
    initiative_id: int
    key: str
    title: str
    state: CommitmentState
    balance: Balance


@dataclass(frozen=True, slots=True)
class CycleBalances:
    """Everything a cycle's decisions moved; all figures are derived from the ledger.

    ``funds`` also count what commitments of other cycles bind in this cycle's quarters.
    """

    currency: str
    budget_minor: int
    total: Balance
    funds: tuple[FundBalance, ...]
    commitments: tuple[CommitmentBalance, ...]


def load_balances(session: Session, cycle_id: int) -> CycleBalances:
    """Budget, approved, committed, released, freed and spent of one cycle."""
    funds = load_fund_balances(session, cycle_id)
    commitments = tuple(_commitment_balances(session, cycle_id))
    return CycleBalances(
        currency=session.get_one(Cycle, cycle_id).currency,
        budget_minor=sum(fund.budget_minor for fund in funds),
        total=sum((one.balance for one in commitments), Balance()),
        funds=funds,
        commitments=commitments,
    )


def _commitment_balances(session: Session, cycle_id: int) -> list[CommitmentBalance]:
    movements = load_movements(session, Commitment.cycle_id == cycle_id)
    rows = session.execute(
        select(
            Commitment.id, Commitment.initiative_id, Initiative.key, Initiative.title,
            Commitment.state, Commitment.amount_minor,
        )
        .join(Commitment.initiative)
        .where(Commitment.cycle_id == cycle_id)
        .order_by(Initiative.key)
    )  # fmt: skip
    return [
        CommitmentBalance(
            id_, initiative, key, title, state, balance(amount, movements.get(id_, []))
        )
        for id_, initiative, key, title, state, amount in rows
    ]


@dataclass(frozen=True, slots=True)
class CycleMoney:
    """A cycle's budget and where all its approved money stands.

    ``freed_ever`` is what all cycles of its currency gave back.
    """

    cycle_id: int
    name: str
    currency: str
    budget_minor: int
    total: Balance
    freed_ever: int = 0


def list_running_money(session: Session, *, limit: int) -> list[CycleMoney]:
    """The money of cycles whose commitments still run, the newest first; two queries."""
    runs = (
        select(Commitment.id)
        .where(Commitment.cycle_id == Cycle.id, Commitment.state == CommitmentState.ACTIVE)
        .exists()
    )
    return _money_of(session, runs, limit=limit)


def _money_of(
    session: Session, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[CycleMoney]:
    budget = (
        select(func.sum(FundBudget.amount_minor))
        .join(FundBudget.cycle_fund)
        .where(CycleFund.cycle_id == Cycle.id)
        .scalar_subquery()
    )
    approved = (
        select(func.sum(Commitment.amount_minor))
        .where(Commitment.cycle_id == Cycle.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Cycle.id, Cycle.name, Cycle.currency, budget, approved, _freed_ever())
        .where(*conditions)
        .order_by(Cycle.starts_on.desc(), Cycle.id.desc())
        .limit(limit)
    ).all()
    moved = _movements_of_cycles(session, [row[0] for row in rows])
    return [
        CycleMoney(
            id_, name, currency, int(minor or 0), balance(int(sum_), moved.get(id_, [])),
            int(freed or 0),
        )
        for id_, name, currency, minor, sum_, freed in rows
    ]  # fmt: skip


def _freed_ever() -> ScalarSelect[int]:
    """What all commitments in the cycle's currency gave back, without what was taken back."""
    back = aliased(LedgerTransfer)
    reversal = aliased(LedgerTransfer)
    taken_back = select(reversal.id).where(reversal.reverses_id == back.id).exists()
    return (
        select(func.sum(back.amount_minor))
        .where(back.kind == TransferKind.FREE, back.currency == Cycle.currency, ~taken_back)
        .scalar_subquery()
    )


def _movements_of_cycles(session: Session, ids: Sequence[int]) -> dict[int, list[Movement]]:
    """Sums of movements by cycle and kind; a ledger holds few reversals and many others."""
    if not ids:
        return {}
    found: dict[int, list[Movement]] = {}
    for cycle_id, kind, reversed_kind, minor in session.execute(_cycle_sums(), {"ids": list(ids)}):
        found.setdefault(cycle_id, []).append(Movement(kind, int(minor), reversed_kind))
    return found


@cache
def _cycle_sums() -> CompoundSelect[Any]:
    original = aliased(LedgerTransfer)
    amount = func.sum(LedgerTransfer.amount_minor)
    of_cycles = LedgerTransfer.cycle_id.in_(bindparam("ids", expanding=True))
    straight = (
        select(LedgerTransfer.cycle_id, LedgerTransfer.kind, null(), amount)
        .where(of_cycles, LedgerTransfer.kind != TransferKind.REVERSE)
        .group_by(LedgerTransfer.cycle_id, LedgerTransfer.kind)
    )
    reversing = (
        select(LedgerTransfer.cycle_id, LedgerTransfer.kind, original.kind, amount)
        .join(original, LedgerTransfer.reverses_id == original.id)
        .where(of_cycles)
        .group_by(LedgerTransfer.cycle_id, LedgerTransfer.kind, original.kind)
    )
    return union_all(reversing, straight)


def load_movements(session: Session, *conditions: ColumnElement[bool]) -> dict[int, list[Movement]]:
    """Sums of movements by commitment id and kind, of the commitments the conditions name."""
    rows = session.execute(_movement_sums().where(*conditions))
    found: dict[int, list[Movement]] = {}
    for commitment_id, kind, reversed_kind, minor in rows:
        found.setdefault(commitment_id, []).append(Movement(kind, int(minor), reversed_kind))
    return found


@cache
def _movement_sums() -> Select[*tuple[Any, ...]]:
    original = aliased(LedgerTransfer)
    return (
        select(
            LedgerTransfer.commitment_id, LedgerTransfer.kind, original.kind,
            func.sum(LedgerTransfer.amount_minor),
        )
        .join(LedgerTransfer.commitment)
        .outerjoin(original, LedgerTransfer.reverses_id == original.id)
        .group_by(LedgerTransfer.commitment_id, LedgerTransfer.kind, original.kind)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which movements a page asks for; None asks for all."""

    cycle_id: int | None = None
    commitment_id: int | None = None
    initiative: str | None = None
    kind: TransferKind | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.cycle_id is not None:
            wanted.append(LedgerTransfer.cycle_id == self.cycle_id)
        if self.commitment_id is not None:
            wanted.append(LedgerTransfer.commitment_id == self.commitment_id)
        if self.kind is not None:
            wanted.append(LedgerTransfer.kind == self.kind)
        if self.initiative:
            wanted.append(Initiative.key == self.initiative)
        return wanted


def count_transfers(session: Session) -> dict[int, int]:
    """How many movements every cycle has, by the cycle's id; those without any are left out."""
    counted = select(LedgerTransfer.cycle_id, func.count()).group_by(LedgerTransfer.cycle_id)
    return {cycle_id: int(count) for cycle_id, count in session.execute(counted)}


def list_transfers(
    session: Session, wanted: LedgerFilter, *, limit: int, offset: int, known: int | None = None
) -> tuple[Sequence[LedgerTransfer], int]:
    """One page of movements, the newest first, and how many there are: ``known`` where somebody
    counted them already, else counted unless the page holds them all."""
    base = select(LedgerTransfer).join(LedgerTransfer.commitment).join(Commitment.initiative)
    items = session.scalars(
        base.where(*wanted.conditions)
        .options(
            joinedload(LedgerTransfer.commitment).joinedload(Commitment.initiative),
            joinedload(LedgerTransfer.commitment).joinedload(Commitment.decision),
            joinedload(LedgerTransfer.commitment).joinedload(Commitment.cycle),
            joinedload(LedgerTransfer.detail).joinedload(SpendDetail.fund),
            joinedload(LedgerTransfer.tranche).joinedload(Tranche.milestone),
            joinedload(LedgerTransfer.moved_by).lazyload(Person.grants),
        )
        .order_by(LedgerTransfer.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    if known is None and offset == 0 and len(items) < limit:
        return items, len(items)
    return items, _count_wanted(session, wanted) if known is None else known


def _count_wanted(session: Session, wanted: LedgerFilter) -> int:
    query = (
        select(func.count())
        .select_from(LedgerTransfer)
        .join(LedgerTransfer.commitment)
        .join(Commitment.initiative)
        .where(*wanted.conditions)
    )
    return session.scalar(query) or 0
