"""Rows of milestones, whatever file they are from, as rows of the workbook's sheet."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from app.interactions.engine.table import Row, Table
from app.registry.engine.cells import CellRefusedError
from app.registry.engine.current import Current
from app.registry.engine.layout import MILESTONES, Kind
from app.registry.engine.returned import FileRow, FileSheet, ReturnedFile
from app.registry.engine.values import Value, read_cell

_PERCENT_SIGN = "%"


def milestone_file(table: Table, current: Current, costs: Mapping[str, Decimal]) -> ReturnedFile:
    """The table as the sheet of milestones; a milestone is known by its name.

    ``costs``: what each initiative costs in whole units, for those whose rows say an amount.
    """
    known = {
        (identity[0], _plain(cells["name"])): (identity[1], cells["name"])
        for identity, cells in current.rows.get(MILESTONES.name, {}).items()
    }
    places = {name: name for name in table.columns if name not in ("initiative", "amount")}
    if "amount" in table.columns:
        places["tranche_share"] = "tranche_share"
    rows = tuple(_row(row, known, current, costs) for row in table.rows)
    sheet = FileSheet(MILESTONES, "", places, rows, is_by_line=True)
    return ReturnedFile({MILESTONES.name: sheet}, (), (), frozenset())


def _row(
    row: Row,
    known: Mapping[tuple[str, str], tuple[str, str]],
    current: Current,
    costs: Mapping[str, Decimal],
) -> FileRow:
    values: dict[str, Value] = {}
    faults: dict[str, str] = {}
    for name, cell in row.cells.items():
        if name == "amount":
            continue
        column = MILESTONES.column(name)
        try:
            values[name] = read_cell(column.kind, _typed(column.kind, cell))
        except CellRefusedError as error:
            faults[name] = str(error)
    key = str(values.get("initiative") or "")
    key = key.upper() if key.lower().startswith("cx-") else key
    values["initiative"] = key
    if cell := row.cells.get("amount", ""):
        _take_amount(cell, key, costs, values, faults)
    typed = str(values.get("name") or "")
    number, values["name"] = known.get((key, _plain(typed)), ("", typed or None))
    values["number"] = int(number) if number else None
    if not number:
        values.setdefault("kind", "Grow")
        values["kind"] = values["kind"] or "Grow"
    head = current.heads.get(key)
    return FileRow(row.line, values, faults, head.version if head and number else None, {})


def _typed(kind: Kind, cell: str) -> object:
    """A share without its sign is one when it is at most 1, as files from spreadsheets have it."""
    if kind is Kind.PERCENT and cell and not cell.endswith(_PERCENT_SIGN):
        try:
            number = float(cell)
        except ValueError:
            return cell
        return number if number <= 1 else cell
    return cell


def _take_amount(
    cell: str,
    key: str,
    costs: Mapping[str, Decimal],
    values: dict[str, Value],
    faults: dict[str, str],
) -> None:
    """A tranche said as money is that share of what the initiative costs."""
    try:
        amount = read_cell(Kind.MONEY, cell)
    except CellRefusedError as error:
        faults["tranche_share"] = str(error)
        return
    cost = costs.get(key, Decimal(0))
    if not isinstance(amount, Decimal) or cost <= 0:
        faults["tranche_share"] = "It has no spend yet, so no part of it; give a share instead."
        return
    values["tranche_share"] = (amount / cost).quantize(
        Decimal("0.000001"), rounding=ROUND_HALF_EVEN
    )


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
