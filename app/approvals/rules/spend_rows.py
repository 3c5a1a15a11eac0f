"""A file of actuals as payments to be booked, each doubtful row named by line and column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.approvals.rules.actuals import Account, Actual, actual_faults, owner_bar, repeat_note
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.table import Row, Table
from app.values.money import MoneyFormatError, parse_money
from app.values.quarter import Quarter, QuarterFormatError

NEEDED = ("initiative", "fund", "paid_on", "amount", "reference")
OPTIONAL = ("quarter", "cycle")
MOST_ROWS = 5_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class SpendIssue:
    """What is wrong, or only remarkable, about one row."""

    line: int
    column: str
    message: str
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class SpendRow:
    """A row that can be booked."""

    line: int
    account: Account
    actual: Actual


@dataclass(frozen=True, slots=True)
class SpendDraft:
    """What booking a file would do; with any error nothing of it is booked."""

    row_count: int
    rows: tuple[SpendRow, ...]
    issues: tuple[SpendIssue, ...]

    @property
    def errors(self) -> tuple[SpendIssue, ...]:
        return tuple(one for one in self.issues if one.is_error)

    @property
    def notes(self) -> tuple[SpendIssue, ...]:
        return tuple(one for one in self.issues if not one.is_error)

    @property
    def currency(self) -> str:
        """The currency of all rows; there is a row."""
        return self.rows[0].account.currency

    @property
    def sum_minor(self) -> int:
        return sum(row.actual.amount_minor for row in self.rows)


@dataclass(frozen=True, slots=True)
class SpendBook:
    """What rows are read against: accounts by initiative key, and funds by key and by name."""

    accounts: Mapping[str, Sequence[Account]]
    funds: Mapping[str, int]


class _RowRefusedError(ValueError):
    """A cell is not what its column should hold."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def draft_spend(table: Table, book: SpendBook, *, person_id: int, today: date) -> SpendDraft:
    """Read every row as a payment, in the file's order, each with what those before it left.

    Raises FileRefusedError when the columns are not those of a file of actuals.
    """
    _check_columns(table)
    rows: list[SpendRow] = []
    issues: list[SpendIssue] = []
    accounts = {one.commitment_id: one for group in book.accounts.values() for one in group}
    seen: dict[Actual, int] = {}
    for row in table.rows:
        try:
            found = _account(row, book)
            account = accounts[found.commitment_id]
            actual = _actual(row, account, book)
        except _RowRefusedError as error:
            issues.append(SpendIssue(row.line, error.column, str(error)))
            continue
        faults = actual_faults(actual, account, today=today)
        if barred := owner_bar(account, person_id):
            faults["initiative"] = barred
        if rows and account.currency != rows[0].account.currency:
            faults["amount"] = (
                f"{account.key} is in {account.currency}, the rows before in"
                f" {rows[0].account.currency}; use a file for each currency."
            )
        issues += [SpendIssue(row.line, column, said) for column, said in faults.items()]
        if faults:
            continue
        if said := _remark(actual, account, seen):
            issues.append(SpendIssue(row.line, "reference", said, is_error=False))
        seen.setdefault(actual, row.line)
        rows.append(SpendRow(row.line, account, actual))
        accounts[account.commitment_id] = replace(
            account, left_minor=account.left_minor - actual.amount_minor
        )
    return SpendDraft(len(table.rows), tuple(rows), tuple(issues))


def _check_columns(table: Table) -> None:
    missing = [name for name in NEEDED if name not in table.columns]
    unknown = [name for name in table.columns if name not in (*NEEDED, *OPTIONAL)]
    if missing or unknown:
        lacks = f" It lacks {', '.join(missing)}." if missing else ""
        odd = f" It has “{unknown[0][:60]}”, which is none of them." if unknown else ""
        raise FileRefusedError(
            f"The columns are {', '.join(NEEDED)}, and if needed {' and '.join(OPTIONAL)}."
            f"{lacks}{odd}"
        )
    if len(table.rows) > MOST_ROWS:
        raise FileRefusedError(f"The file has more than {MOST_ROWS:,} rows; split it.")


def _account(row: Row, book: SpendBook) -> Account:
    """The commitment a row is about: the one of that cycle, else the only or the active one."""
    key = row.cells["initiative"]
    found = list(book.accounts.get(key, ()))
    if not found:
        raise _RowRefusedError("initiative", f"“{_shown(key)}” has no approved money.")
    if cycle := row.cells.get("cycle"):
        found = [one for one in found if one.cycle == cycle]
        if not found:
            raise _RowRefusedError("cycle", f"{key} has no approved money of “{_shown(cycle)}”.")
    if len(found) > 1:
        found = [one for one in found if one.is_active] or found
    if len(found) > 1:
        raise _RowRefusedError(
            "initiative",
            f"{key} was approved more than once; name its cycle, or book it by hand.",
        )
    return found[0]


def _actual(row: Row, account: Account, book: SpendBook) -> Actual:
    fund_id = book.funds.get(row.cells["fund"])
    if fund_id is None:
        raise _RowRefusedError("fund", f"There is no fund “{_shown(row.cells['fund'])}”.")
    spent_on = _day(row.cells["paid_on"])
    try:
        amount = parse_money(row.cells["amount"], account.currency)
    except MoneyFormatError as error:
        raise _RowRefusedError("amount", str(error)) from error
    return Actual(
        commitment_id=account.commitment_id,
        fund_id=fund_id,
        quarter=_quarter(row.cells.get("quarter", ""), spent_on),
        amount_minor=amount.minor,
        spent_on=spent_on,
        reference=" ".join(row.cells["reference"].split()),
    )


def _day(cell: str) -> date:
    try:
        found = date.fromisoformat(cell) if _DAY.fullmatch(cell) else None
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2999:
        raise _RowRefusedError("paid_on", f"“{_shown(cell)}” is not a day; write 2027-03-31.")
    return found


def _quarter(cell: str, spent_on: date) -> Quarter:
    """The quarter named, else the one it was paid in."""
    if not cell:
        return Quarter.containing(spent_on)
    try:
        return Quarter.parse(cell)
    except QuarterFormatError as error:
        raise _RowRefusedError("quarter", str(error)) from error


def _remark(actual: Actual, account: Account, seen: Mapping[Actual, int]) -> str | None:
    if actual in seen:
        return f"This is line {seen[actual]} once more; both would be booked."
    return repeat_note(actual, account)


def _shown(cell: str) -> str:
    return cell if len(cell) <= 40 else f"{cell[:39]}…"
