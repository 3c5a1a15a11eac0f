"""Funds by quarter, and balances, for bars and exact tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.approvals.models import LedgerTransfer
from app.approvals.presenters.balances import HEAD, BalanceLine, BalanceTable, Grouping
from app.approvals.queries import FundBalance
from app.approvals.rules import LedgerAccount, TransferKind
from app.approvals.rules.asking import FundAsk
from app.approvals.rules.money import FundUse
from app.portfolio.presenters.usage import share_of
from app.values.money import Money
from app.values.written import month_words
from app.web.filters import counted, money, money_short


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


@dataclass(frozen=True, slots=True)
class SumLine:
    """A line of exact amounts; ``href`` leads to more about it, if anything does."""

    word: str
    cells: Sequence[str]
    href: str | None = None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """Lines that add up across, and down to the total where there are several.

    ``head`` names the columns after the first; ``kpis`` are the total as key figures, if it is
    worth that, ``says`` the lines and their sum in words.
    """

    head: Sequence[str]
    lines: Sequence[SumLine]
    total: SumLine | None
    kpis: Sequence[Mapping[str, str]]
    says: str


def _kpis(head: Sequence[str], minors: Sequence[int], currency: str) -> list[Mapping[str, str]]:
    return [
        {
            "label": word.removeprefix("= ").removeprefix("+ "),
            "value": money_short(Money(minor, currency)),
            "note": money(Money(minor, currency)),
        }
        for word, minor in zip(head, minors, strict=True)
    ]


def balance_sums(table: BalanceTable, currency: str, *, cycle_id: int) -> Sums:
    """Balances as a table; lines of cycles and initiatives lead to their movements."""

    def line(one: BalanceLine) -> SumLine:
        href = None
        is_chosen = table.grouping is Grouping.CYCLE and one.key == str(cycle_id)
        if one.key and table.grouping is Grouping.CYCLE and not is_chosen:
            href = url_for("approvals.ledger", cycle=one.key)
        elif one.key and table.grouping is Grouping.INITIATIVE:
            href = url_for(
                "approvals.ledger", cycle=cycle_id, initiative=one.key, by=table.grouping.value
            )
        cells = [money(Money(minor, currency)) for minor in one.figures]
        return SumLine(one.word, cells, href, is_chosen)

    lines = [line(one) for one in table.lines]
    whole = line(table.total)
    return Sums(
        head=HEAD,
        lines=lines,
        total=whole if len(lines) > 1 else None,
        kpis=_kpis(HEAD, table.total.figures, currency),
        says=f"{counted(len(lines), 'line')}, {whole.cells[0]} approved",
    )


def budget_sums(funds: Sequence[FundBalance], currency: str) -> Sums:
    """A line a fund: its budget is what commitments of all cycles bind of it and what is left."""

    def line(word: str, budget: int, bound: int) -> SumLine:
        minors = (budget, bound, budget - bound)
        return SumLine(word, [money(Money(minor, currency)) for minor in minors])

    budget, bound = sum(one.budget_minor for one in funds), sum(one.bound_minor for one in funds)
    left = money(Money(budget - bound, currency))
    return Sums(
        head=("Budget", "= Bound by commitments of all cycles", "+ Left"),
        lines=[line(one.name, one.budget_minor, one.bound_minor) for one in funds],
        total=line("All funds", budget, bound) if len(funds) > 1 else None,
        kpis=(),
        says=f"{counted(len(funds), 'fund')}, {left} left of {money(Money(budget, currency))}",
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
    """One movement in words; ``month`` heads the first line of each month."""

    transfer: LedgerTransfer
    kind: str
    word: str
    accounts: str
    amount: Money
    month: str | None


def transfer_lines(transfers: Sequence[LedgerTransfer]) -> list[TransferLine]:
    """Movements as the ledger lists them."""
    months = [month_words(one.at.date()) for one in transfers]
    return [
        TransferLine(
            transfer=one,
            month=months[at] if at == 0 or months[at] != months[at - 1] else None,
            kind=KIND_STATES[one.kind],
            word=KIND_WORDS[one.kind],
            accounts=f"{ACCOUNT_WORDS[one.debit]} → {ACCOUNT_WORDS[one.credit]}",
            amount=Money(one.amount_minor, one.currency),
        )
        for at, one in enumerate(transfers)
    ]


def moved_words(transfers: Sequence[LedgerTransfer]) -> str:
    """What the listed movements move, by kind: committed €5.00, released €3.00."""
    sums: dict[tuple[TransferKind, str], int] = {}
    for one in transfers:
        key = (one.kind, one.currency)
        sums[key] = sums.get(key, 0) + one.amount_minor
    return ", ".join(
        f"{KIND_WORDS[kind].lower()} {money(Money(minor, currency))}"
        for kind in KIND_WORDS
        for (found, currency), minor in sums.items()
        if found is kind
    )
