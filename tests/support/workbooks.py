"""Edit a workbook as a person does in a spreadsheet: cells, rows, sheets and their names."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

Sheets = dict[str, list[list[Any]]]
_PLACE = re.compile(r"(.+)!([A-Z]+)(\d+)")


def sheets_of(content: bytes) -> Sheets:
    """Every sheet's cells from A1 on, as calamine reads them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def written(sheets: Mapping[str, list[list[Any]]], merged: Mapping[str, str] = {}) -> bytes:
    """A workbook with these cells; ``merged``: a range per sheet to merge, such as B4:B6."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for line, cells in enumerate(rows):
            for at, cell in enumerate(cells):
                if isinstance(cell, date):
                    page.write_datetime(line, at, cell, day)
                elif cell != "":
                    page.write(line, at, cell)
        if name in merged:
            page.merge_range(merged[name], "merged")
    book.close()
    return out.getvalue()


def edited(
    content: bytes, cells: Mapping[str, Any] = {}, *, change: Callable[[Sheets], None] | None = None
) -> bytes:
    """The workbook with cells set by address, such as Options!D3, and ``change`` done to it."""
    sheets = sheets_of(content)
    for address, value in cells.items():
        match = _PLACE.fullmatch(address)
        assert match is not None, address
        rows, line, at = sheets[match[1]], int(match[3]) - 1, _column(match[2])
        rows += [[] for _ in range(line + 1 - len(rows))]
        rows[line] += [""] * (at + 1 - len(rows[line]))
        rows[line][at] = value
    if change is not None:
        change(sheets)
    return written(sheets)


def _column(letters: str) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at - 1


def letter(content: bytes, sheet: str, label: str) -> str:
    """The letter of the column with this header."""
    at = sheets_of(content)[sheet][0].index(label)
    return chr(65 + at) if at < 26 else f"{chr(64 + at // 26)}{chr(65 + at % 26)}"
