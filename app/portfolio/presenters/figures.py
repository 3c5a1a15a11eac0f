"""The exact figures of up to four plans, a column each, and how they differ from the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from app.portfolio.presenters.bench import budget_of
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.neighbours import Cell, average_risk, per_money
from app.portfolio.presenters.results import result_view
from app.portfolio.queries.answers import Answer
from app.values.money import Money
from app.web.filters import money, number, signed

Row = tuple[str, Sequence[Cell]]


def figures(answers: Sequence[Answer]) -> list[Row]:
    """What each plan has, is worth and costs. They have to be in one currency."""
    currency = answers[0].result["currency"]

    def cash(name: str, read: Callable[[Answer], int]) -> Row:
        return _row(name, [Money(read(one), currency) for one in answers], money)

    return [
        cash("Budget", lambda one: budget_of(one.result)),
        cash("Value", lambda one: one.result["value"]),
        cash("Paid for broken rules", lambda one: one.result.get("paid", 0)),
        cash("Spend", lambda one: one.result["spend"]),
        *_fund_rows(answers, currency),
        _row(f"Value per {currency} spent", [per_money(one) for one in answers], _hundredths),
        _row("Funded", [len(one.result["funded"]) for one in answers], number),
        _row("Average risk", [average_risk(one) for one in answers], _tenths),
        _row("Customer minutes saved a year", [_minutes(one) for one in answers], number),
        ("Status", [Cell(result_view(one).verdict.word) for one in answers]),
    ]


def _row(
    name: str, values: Sequence[Money | Decimal | int | None], words: Callable[..., str]
) -> Row:
    first, *others = values
    cells = [Cell(words(first))]
    for value in others:
        is_told = value is not None and first is not None
        cells.append(Cell(words(value), signed(value - first) if is_told else ""))  # type: ignore[operator]
    return name, cells


def _hundredths(value: Decimal | None) -> str:
    return number(value, 2)


def _tenths(value: Decimal | None) -> str:
    return number(value, 1)


def _minutes(answer: Answer) -> int:
    return sum(row["effort_minutes"] for row in answer.result["funded"])


def _fund_rows(answers: Sequence[Answer], currency: str) -> list[Row]:
    """A row per fund that any of the plans has, by its name."""
    spent = [_fund_spend(one, currency) for one in answers]
    names = dict.fromkeys(name for one in spent for name in one)
    zero = Money.zero(currency)
    return [_row(f"Spend from {name}", [s.get(name, zero) for s in spent], money) for name in names]


def _fund_spend(answer: Answer, currency: str) -> dict[str, Money]:
    names = Names(answer.inputs)
    return {
        names.fund(fund["key"]): Money(sum(fund["spend"]), currency)
        for fund in answer.result["funds"]
    }
