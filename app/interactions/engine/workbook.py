"""Rows of an XLSX workbook's first sheet, pre-checked before any reader reserves memory for it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

from app.interactions.engine.refusals import FileRefusedError

MOST_UNPACKED_BYTES = 200_000_000
MOST_CELLS = 5_000_000
MOST_RATIO = 200
"""A workbook that unpacks to more than this many times its size is no workbook."""

UNSOLVED = "= without a result"
"""What a log's file has where a formula's result is not kept, which no reader could tell apart
from an empty cell."""
_PIECE = 1 << 20
_LONGEST_TAG = 1 << 16
_REFERENCE = re.compile(rb' r="([A-Za-z]{0,6})(\d{1,9})"')
_CELL = re.compile(rb"<(?:\w+:)?c\b((?:[^>/]|/(?!>))*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_RESULT = re.compile(rb"<(?:\w+:)?v\b[^>/]*>[^<]")
_SHEET = re.compile(rb'<(?:\w+:)?sheet\s[^>]*?\w+:id="([^"]+)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")


def read_workbook(
    content: bytes,
    *,
    most_columns: int,
    most_rows: int,
    most_unpacked_bytes: int = MOST_UNPACKED_BYTES,
    decimal: str = ".",
    unsolved: str = "",
) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, each with its number in the sheet and its cells as text.

    ``most_rows`` are those below the header; ``decimal`` is the mark that numbers are written
    with, ``unsolved`` what stands in a cell whose formula has no result. Raises FileRefusedError.
    """
    with _readable():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(archive, content, most_columns, most_rows, most_unpacked_bytes)
            without = _without_result(archive) if unsolved else []
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    records = [
        (line, [_cell(value, decimal) for value in cells]) for line, cells in enumerate(rows, 1)
    ]
    for row, column in without:
        records += [(line, []) for line in range(len(records) + 1, row + 1)]
        cells = records[row - 1][1]
        cells += [""] * (column - len(cells))
        cells[column - 1] = unsolved
    return [(line, cells) for line, cells in records if any(cells)]


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One sheet as it is: its cells from A1 on, as typed as the file has them.

    ``merged`` are ranges of cells that are one, as (row, column) of both corners from 0.
    """

    name: str
    rows: Sequence[Sequence[object]]
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...]


def read_sheets(content: bytes, *, most_columns: int, most_rows: int) -> list[SheetCells]:
    """Every sheet of a workbook, in its order. Raises FileRefusedError."""
    with _readable():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(archive, content, most_columns, most_rows, MOST_UNPACKED_BYTES)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
        return [
            SheetCells(
                one.name, one.to_python(skip_empty_area=False), tuple(one.merged_cell_ranges or ())
            )
            for one in sheets
        ]


@contextmanager
def _readable() -> Iterator[None]:
    """Whatever the readers stumble over is a file that can't be used."""
    try:
        yield
    except FileRefusedError:
        raise
    except (zipfile.BadZipFile, CalamineError, KeyError, ValueError) as error:
        raise FileRefusedError(
            "The file is no readable XLSX workbook; save it again from the spreadsheet program."
        ) from error


def _check_sizes(
    archive: zipfile.ZipFile, content: bytes, most_columns: int, most_rows: int, most_bytes: int
) -> None:
    """Raises FileRefusedError for a workbook that unpacks to too much or reaches too far."""
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > min(most_bytes, MOST_RATIO * len(content)):
        raise FileRefusedError("The workbook unpacks to far more than it should; refused.")
    _refuse_far_cells(archive, most_columns, most_rows, most_bytes)


def _without_result(archive: zipfile.ZipFile) -> list[tuple[int, int]]:
    """Row and column of each cell of the first sheet that holds a formula and no result.

    Programs that write workbooks leave working them out to the one that opens them. An empty text
    is a result.
    """
    name = _first_sheet(archive)
    found: list[tuple[int, int]] = []
    if name is None:
        return found
    rest = b""
    with archive.open(name) as sheet:
        while piece := sheet.read(_PIECE):
            text, end = rest + piece, 0
            for cell in _CELL.finditer(text):
                end = cell.end()
                if _FORMULA.search(cell[2]) and not _RESULT.search(cell[2]):
                    place = _REFERENCE.search(cell[1])
                    if place and b't="str"' not in cell[1]:
                        found.append((int(place[2]), _column(place[1])))
            rest = text[end:]
    return found


def _first_sheet(archive: zipfile.ZipFile) -> str | None:
    """The name in the archive of the sheet that stands first in the workbook."""
    sheet = _SHEET.search(archive.read("xl/workbook.xml"))
    if sheet is None:
        return None
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        said = dict(re.findall(rb'(\w+)="([^"]*)"', relation))
        if said.get(b"Id") == sheet[1]:
            target = said.get(b"Target", b"").decode("utf-8", "replace")
            name = target[1:] if target.startswith("/") else f"xl/{target}"
            return name if name in archive.namelist() else None
    return None


def _column(letters: bytes) -> int:
    """The number of a column by its letters; A is 1."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return column


def _refuse_far_cells(
    archive: zipfile.ZipFile, most_columns: int, most_rows: int, most_bytes: int
) -> None:
    """Read each sheet's declared size before any reader reserves memory for it."""
    for entry in archive.infolist():
        if not entry.filename.startswith("xl/worksheets/"):
            continue
        with archive.open(entry) as sheet:
            columns, rows = _far_corner(sheet, most_bytes)
        if columns > most_columns or rows > most_rows + 1:
            raise FileRefusedError(
                f"The sheet reaches column {columns} and row {rows};"
                f" at most {most_columns} columns and {most_rows} rows are taken."
            )
        if columns * rows > MOST_CELLS:
            raise FileRefusedError(
                f"The sheet reaches column {columns} and row {rows}, which are"
                f" {columns * rows:,} cells; at most {MOST_CELLS:,} are taken. Save it as CSV."
            )


def _far_corner(sheet: IO[bytes], most_bytes: int) -> tuple[int, int]:
    """The last column and row any cell names, read piece by piece."""
    columns = rows = read = 0
    rest = b""
    while (piece := sheet.read(_PIECE)) and read < most_bytes:
        read += len(piece)
        text = rest + piece
        end = max(text.rfind(b">"), 0)  # a tag that is cut in two is looked at with the next piece
        for letters, digits in _REFERENCE.findall(text[:end]):
            columns, rows = max(columns, _column(letters)), max(rows, int(digits))
        rest = text[end:][-_LONGEST_TAG:]
    return columns, rows


def _cell(value: object, decimal: str) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float):
        return str(value).replace(".", decimal)
    return str(value)
