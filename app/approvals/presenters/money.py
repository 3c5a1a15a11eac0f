"""Funds by quarter, and balances, for bars and exact tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.approvals.models import LedgerTransfer
from app.approvals.queries import CycleBalances
from app.approvals.rules import LedgerAccount, TransferKind
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


def balance_tiles(balances: CycleBalances) -> list[Mapping[str, Any]]:
    """Where the cycle's money stands, for a strip of figures."""
    total, currency = balances.total, balances.currency
    bound = sum(fund.bound_minor for fund in balances.funds)
    figures = (
        (
            "Budget",
            balances.budget_minor,
            f"{_short(balances.budget_minor - bound, currency)} free, all cycles counted",
        ),
        ("Approved", total.approved, "by decisions of this cycle"),
        ("Committed", total.committed, "held by hurdles"),
        ("Released", total.released, "hurdles passed"),
        ("Freed", total.freed, "given back by stops"),
    )
    return [
        {"label": label, "value": _short(minor, currency), "note": note}
        for label, minor, note in figures
    ]


def _short(minor: int, currency: str) -> str:
    return money_short(Money(minor, currency))


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
