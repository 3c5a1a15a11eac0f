"""Which column of somebody's file is which of ours: wanted, guessed, kept and applied."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.interactions.engine.table import Row, Table
from app.registry.rules import RowKind
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column that rows of a kind have; ``also`` are other words people head it with."""

    name: str
    label: str
    is_needed: bool = False
    also: tuple[str, ...] = ()


WANTED: dict[RowKind, tuple[Wanted, ...]] = {
    RowKind.MILESTONES: (
        Wanted("initiative", "Initiative (key)", True, ("key", "initiative", "id")),
        Wanted("name", "Milestone", True, ("name", "hurdle", "title")),
        Wanted("due_on", "Due on", False, ("due", "date", "due date", "day", "deadline")),
        Wanted("tranche_share", "Share of the money", False, ("share", "tranche", "percent")),
        Wanted("amount", "Amount it holds", False, ("tranche amount", "money", "sum")),
        Wanted("kind", "Kind", False, ("type",)),
        Wanted("action_if_missed", "If it is missed", False, ("action", "if missed")),
    ),
    RowKind.BUDGETS: (
        Wanted("fund", "Fund", True, ("source", "pot")),
        Wanted("quarter", "Quarter", True, ("period", "q")),
        Wanted("amount", "Budget", True, ("amount", "money", "sum")),
    ),
    RowKind.ACTUALS: (
        Wanted("initiative", "Initiative (key)", True, ("key", "initiative", "id")),
        Wanted("fund", "Fund", True, ("source",)),
        Wanted("paid_on", "Paid on", True, ("date", "day", "paid", "posting date")),
        Wanted("amount", "Amount", True, ("sum", "money", "paid amount", "net")),
        Wanted("reference", "Reference", True, ("invoice", "document", "posting", "number")),
        Wanted("quarter", "Quarter", False, ("period",)),
        Wanted("cycle", "Cycle", False, ()),
    ),
}
MONEY_NAMES = {"amount"}
_QUARTER = re.compile(r"(\d{4})[-/ ]?Q([1-4])|Q([1-4])[-/ ]?(\d{4})", re.IGNORECASE)


def guessed(headers: Sequence[str], kind: RowKind) -> dict[str, str]:
    """Our column → the header that most likely is it; none is used twice."""
    left = {_plain(header): header for header in headers}
    found: dict[str, str] = {}
    for exact in (True, False):
        for one in WANTED[kind]:
            words = (one.name, one.label, *one.also) if not exact else (one.name, one.label)
            match = next((_plain(word) for word in words if _plain(word) in left), None)
            if one.name not in found and match is not None:
                found[one.name] = left.pop(match)
    return found


def _plain(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", word.casefold()).strip()


def mapping_faults(
    columns: Mapping[str, str], headers: Sequence[str], kind: RowKind
) -> dict[str, str]:
    """What is impossible about a mapping, a sentence by our column's name."""
    faults: dict[str, str] = {}
    used: dict[str, str] = {}
    for one in WANTED[kind]:
        header = columns.get(one.name, "")
        if not header:
            if one.is_needed:
                faults[one.name] = f"Choose the column that holds this: {one.label}."
        elif header not in headers:
            faults[one.name] = f"The file has no column “{header[:60]}”; choose another."
        elif header in used:
            faults[one.name] = f"“{header[:60]}” is chosen for {used[header]} already."
        used.setdefault(header, one.label)
    return faults


def mapped(table: Table, columns: Mapping[str, str]) -> Table:
    """The table with our columns only, each line where it was."""
    names = tuple(name for name, header in columns.items() if header)
    rows = [Row(row.line, {name: row.cells[columns[name]] for name in names}) for row in table.rows]
    return Table(names, tuple(rows))


def unfolded(table: Table) -> Table:
    """A table of funds with a column per quarter as one of fund, quarter and amount.

    Any other table is given back as it is.
    """
    quarters = {name: found for name in table.columns if (found := _quarter(name))}
    others = [name for name in table.columns if name not in quarters]
    if len(quarters) < 1 or len(others) != 1:
        return table
    fund = others[0]
    rows = [
        Row(row.line, {"fund": row.cells[fund], "quarter": str(one), "amount": row.cells[name]})
        for row in table.rows
        for name, one in quarters.items()
        if row.cells[name]
    ]
    return Table(("fund", "quarter", "amount"), tuple(rows))


def _quarter(text: str) -> Quarter | None:
    match = _QUARTER.fullmatch(text.strip())
    if match is None:
        return None
    year = int(match[1] or match[4])
    return Quarter(year, int(match[2] or match[3])) if 1900 <= year <= 2999 else None


def as_csv(table: Table) -> bytes:
    """The table as a CSV file whose rows stand on the lines they had."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    at = 1
    for row in table.rows:
        out.write("\n" * (row.line - at - 1))
        writer.writerow([" ".join(row.cells[name].split()) for name in table.columns])
        at = row.line
    return out.getvalue().encode()
