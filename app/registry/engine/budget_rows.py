"""Rows of fund, quarter and budget beside the budgets a cycle has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.interactions.engine.table import Row, Table
from app.registry.engine.cells import CellRefusedError
from app.registry.engine.issues import Issue, Severity
from app.registry.engine.layout import Kind
from app.registry.engine.values import read_cell
from app.values.money import CURRENCY_DIGITS
from app.values.quarter import Quarter

Cell = tuple[str, Quarter]
"""A fund's key and a quarter."""


@dataclass(frozen=True, slots=True)
class BudgetBook:
    """What rows are read against: fund keys by key and name, what is budgeted, minor units."""

    currency: str
    funds: Mapping[str, str]
    budgets: Mapping[Cell, int]


@dataclass(frozen=True, slots=True)
class BudgetDraft:
    """What a file would set: minor units by cell that differs; lines by cell, issues by line."""

    row_count: int
    wanted: Mapping[Cell, int]
    lines: Mapping[Cell, int]
    issues: tuple[Issue, ...]

    @property
    def errors(self) -> tuple[Issue, ...]:
        return tuple(one for one in self.issues if one.severity is Severity.ERROR)


class _RowRefusedError(ValueError):
    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def draft_budgets(table: Table, book: BudgetBook) -> BudgetDraft:
    """Read every row; a cell named twice is an error, one that is as it was is left out."""
    wanted: dict[Cell, int] = {}
    lines: dict[Cell, int] = {}
    issues: list[Issue] = []
    for row in table.rows:
        try:
            cell, minor = _read(row, book)
            if cell in lines:
                said = f"Line {lines[cell]} sets this fund and quarter already; keep one."
                raise _RowRefusedError("quarter", said)
        except _RowRefusedError as error:
            issues.append(Issue(row.line, error.column, Severity.ERROR, str(error)))
            continue
        lines[cell] = row.line
        if book.budgets[cell] != minor:
            wanted[cell] = minor
    return BudgetDraft(len(table.rows), wanted, lines, tuple(issues))


def _read(row: Row, book: BudgetBook) -> tuple[Cell, int]:
    typed = row.cells["fund"]
    key = book.funds.get(typed.casefold())
    if key is None:
        there = ", ".join(sorted(set(book.funds.values())))
        said = f"The cycle has no fund “{typed[:60]}”; it has {there or 'none yet'}."
        raise _RowRefusedError("fund", said)
    quarter = _cell("quarter", Kind.QUARTER, row)
    amount = _cell("amount", Kind.MONEY, row)
    if not isinstance(quarter, Quarter) or (key, quarter) not in book.budgets:
        quarters = sorted(one for _, one in book.budgets)
        said = f"The cycle goes from {quarters[0]} to {quarters[-1]}; name a quarter in it."
        raise _RowRefusedError("quarter", said)
    if not isinstance(amount, Decimal) or amount < 0:
        raise _RowRefusedError("amount", "Enter a budget of 0 or more.")
    minor = amount.scaleb(CURRENCY_DIGITS[book.currency])
    if minor != minor.to_integral_value():
        said = f"This is finer than the smallest unit of {book.currency}."
        raise _RowRefusedError("amount", said)
    return (key, quarter), int(minor)


def _cell(column: str, kind: Kind, row: Row) -> object:
    try:
        return read_cell(kind, row.cells[column])
    except CellRefusedError as error:
        raise _RowRefusedError(column, str(error)) from error
