"""Funds by quarter, and balances, for bars and exact tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.approvals.models import LedgerTransfer
from app.approvals.queries import CycleBalances, CycleMoney
from app.approvals.rules import Balance, LedgerAccount, TransferKind
from app.approvals.rules.asking import FundAsk
from app.approvals.rules.money import FundUse
from app.portfolio.presenters.usage import share_of
from app.values.money import Money
from app.web.filters import money, money_short


@dataclass(frozen=True)
class FundRow:
    """A fund: cells for the bars, exact rows for the table."""

    name: str
    cells: Sequence[Mapping[str, Any]]
    total: Mapping[str, Any]
    exact: Sequence[Sequence[str]]


def fund_rows(asks: Sequence[FundAsk], currency: str) -> list[FundRow]:
    """A row per fund: what is asked against what was left of its money."""
    return [_row(ask, currency) for ask in asks]


def _row(ask: FundAsk, currency: str) -> FundRow:
    def exact(minor: int) -> str:
        return money(Money(minor, currency))

    budget = sum(use.budget for use in ask.uses)
    bound = sum(use.bound for use in ask.uses)
    return FundRow(
        name=ask.name,
        cells=[_cell(use, currency) for use in ask.uses],
        total={
            "used": money_short(Money(ask.asked_minor, currency)),
            "left": f"of {money_short(Money(budget - bound, currency))}",
            "share": share_of(ask.asked_minor, budget - bound),
            "tone": "bad" if ask.is_overdrawn else "accent",
            "over": ask.is_overdrawn,
        },
        exact=[
            (
                str(use.quarter), exact(use.budget), exact(use.arrived), exact(use.bound),
                exact(use.asked), exact(use.left),
            )
            for use in ask.uses
        ],
    )  # fmt: skip


def _cell(use: FundUse, currency: str) -> Mapping[str, Any]:
    before = use.left + use.asked
    return {
        "used": money_short(Money(use.asked, currency)),
        "left": f"of {money_short(Money(before, currency))}",
        "share": share_of(use.asked, max(before, 0)),
        "tone": "bad" if use.is_overdrawn else "warn" if use.asked and not use.left else "",
        "over": use.is_overdrawn,
    }


@dataclass(frozen=True)
class Sums:
    """Lines that add up across, and down to the total where there are several.

    ``head`` names the columns after the first; ``cycle_id`` of a line is None where it is a total.
    """

    head: Sequence[str]
    lines: Sequence[tuple[int | None, str, Sequence[str]]]
    total: Sequence[str] | None


def approved_sums(cycles: Sequence[CycleMoney], currency: str) -> Sums:
    """A line a cycle: what it approved is what was released, is held and was freed, to the cent."""
    total = sum((one.total for one in cycles), Balance())
    columns: list[tuple[str, Callable[[Balance], int]]] = [
        ("Approved", lambda one: one.approved),
        ("= Released", lambda one: one.released),
        ("+ Held by open hurdles", lambda one: one.committed),
        ("+ Freed by stops", lambda one: one.freed),
    ]
    if any(one.total.waiting for one in cycles):
        columns.append(("+ Not yet committed", lambda one: one.waiting))

    def line(one: Balance) -> list[str]:
        return [money(Money(figure(one), currency)) for _, figure in columns]

    return Sums(
        head=[word for word, _ in columns],
        lines=[(one.cycle_id, one.name, line(one.total)) for one in cycles],
        total=line(total) if len(cycles) > 1 else None,
    )


def budget_sums(balances: CycleBalances) -> Sums:
    """A line a fund: its budget is what commitments of all cycles bind of it and what is left."""
    currency = balances.currency

    def line(budget: int, bound: int) -> list[str]:
        return [money(Money(minor, currency)) for minor in (budget, bound, budget - bound)]

    bound = sum(fund.bound_minor for fund in balances.funds)
    return Sums(
        head=("Budget", "= Bound by commitments of all cycles", "+ Left"),
        lines=[(None, one.name, line(one.budget_minor, one.bound_minor)) for one in balances.funds],
        total=line(balances.budget_minor, bound) if len(balances.funds) > 1 else None,
    )


ACCOUNT_WORDS = {
    LedgerAccount.BUDGET: "budget",
    LedgerAccount.COMMITTED: "committed",
    LedgerAccount.RELEASED: "released",
    LedgerAccount.SPENT: "spent",
}
KIND_WORDS = {
    TransferKind.COMMIT: "Committed",
    TransferKind.RELEASE: "Released",
    TransferKind.FREE: "Freed",
    TransferKind.SPEND: "Spent",
    TransferKind.REVERSE: "Reversed",
}
KIND_STATES = {
    TransferKind.COMMIT: "accent",
    TransferKind.RELEASE: "ok",
    TransferKind.FREE: "warn",
    TransferKind.SPEND: "idle",
    TransferKind.REVERSE: "bad",
}


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One movement in words."""

    transfer: LedgerTransfer
    kind: str
    word: str
    accounts: str
    amount: Money


def transfer_lines(transfers: Sequence[LedgerTransfer]) -> list[TransferLine]:
    """Movements as the ledger lists them."""
    return [
        TransferLine(
            transfer=one,
            kind=KIND_STATES[one.kind],
            word=KIND_WORDS[one.kind],
            accounts=f"{ACCOUNT_WORDS[one.debit]} → {ACCOUNT_WORDS[one.credit]}",
            amount=Money(one.amount_minor, one.currency),
        )
        for one in transfers
    ]
