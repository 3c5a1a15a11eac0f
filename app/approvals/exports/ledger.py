"""Balances and movements as CSV, amounts in major units with a decimal point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.approvals.models import LedgerTransfer
from app.values.money import Money
from app.values.spreadsheets import csv_line, inert

BALANCE_FIGURES = ("Approved", "Released", "Reserved", "On hold", "Freed", "Spent")
MOVEMENT_COLUMNS = (
    "Movement", "When (UTC)", "Kind", "From", "To", "Initiative", "Cycle", "Hurdle", "Amount",
    "Currency", "Fund", "Quarter", "Paid on", "Reference", "Reverses", "By", "Reason",
)  # fmt: skip


def balances_csv(
    head: str, lines: Sequence[tuple[str, Sequence[int]]], currency: str
) -> Iterator[str]:
    """Lines of balances, each a word and its figures in minor units; ``head`` names the words."""
    yield csv_line([head, *BALANCE_FIGURES, "Currency"])
    for word, figures in lines:
        amounts = [str(Money(minor, currency).amount) for minor in figures]
        yield csv_line([inert(word), *amounts, currency])


def movements_csv(transfers: Sequence[LedgerTransfer]) -> Iterator[str]:
    """Movements in the order given, each with what it was for if it is a spend."""
    yield csv_line(MOVEMENT_COLUMNS)
    for one in transfers:
        detail = one.detail
        yield csv_line(
            [
                str(one.id),
                f"{one.at:%Y-%m-%d %H:%M:%S}",
                one.kind.value,
                one.debit.value,
                one.credit.value,
                inert(one.commitment.initiative.key),
                inert(one.commitment.cycle.name),
                inert(one.tranche.milestone.name) if one.tranche else "",
                str(Money(one.amount_minor, one.currency).amount),
                one.currency,
                inert(detail.fund.name) if detail else "",
                str(detail.quarter) if detail else "",
                detail.spent_on.isoformat() if detail else "",
                inert(detail.reference) if detail else "",
                str(one.reverses_id or ""),
                inert(one.moved_by.name),
                inert(one.reason),
            ]
        )
