"""A list as a file: the same lines as CSV, or as XLSX with typed cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable
from datetime import date
from io import BytesIO

from flask import Response
from xlsxwriter import Workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WIDEST = 60


def list_file(lines: Iterable[str], name: str, *, numbers: Collection[str] = ()) -> Response:
    """A download of CSV ``lines``, the first of them the header, by the ending of ``name``.

    ``numbers`` are the columns whose cells are numbers in XLSX; days are days in any column.
    """
    if name.endswith(".xlsx"):
        content: str | bytes = _workbook("".join(lines), numbers)
        kind = XLSX
    else:
        content, kind = "".join(lines), "text/csv"
    return Response(
        content,
        mimetype=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _workbook(content: str, numbers: Collection[str]) -> bytes:
    rows = list(csv.reader(content.splitlines(keepends=True)))
    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet()
    bold = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    amount = book.add_format({"num_format": "#,##0.00####"})
    head = rows[0] if rows else []
    for at, word in enumerate(head):
        widest = max((len(row[at]) for row in rows[:500] if at < len(row)), default=0)
        page.set_column(at, at, min(_WIDEST, widest + 2))
        page.write_string(0, at, word, bold)
    for line, cells in enumerate(rows[1:], 1):
        for at, cell in enumerate(cells):
            if head[at] in numbers and _NUMBER.fullmatch(cell):
                page.write_number(line, at, float(cell), amount if "." in cell else None)
            elif _DAY.fullmatch(cell):
                page.write_datetime(line, at, date.fromisoformat(cell), day)
            elif cell:
                page.write_string(line, at, cell)
    page.freeze_panes(1, 0)
    if head:
        page.autofilter(0, 0, max(len(rows) - 1, 1), len(head) - 1)
    book.close()
    return out.getvalue()
