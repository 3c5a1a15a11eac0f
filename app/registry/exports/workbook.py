"""Write the registry's sheets: typed cells, dropdowns, what names a row and its version locked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.registry.engine.current import Cells, Current, Identity, Names, row_mark
from app.registry.engine.layout import (
    CARRIED,
    INITIATIVES,
    SEEN,
    VERSION,
    Column,
    Kind,
    Sheet,
    Words,
    widened,
)
from app.registry.engine.returned import GUIDE, LISTS, letter_of
from app.registry.engine.values import digest, parsed
from app.values.spreadsheets import inert

SPARE_ROWS = 200
"""Empty rows below the last one that can be filled in a protected sheet."""

_EXACT = 15
"""Digits a spreadsheet keeps of a number; a longer one is written as text."""
_MARKS_A_CELL = 3_000
_FORMATS = {
    Kind.COUNT: "0",
    Kind.MEASURE: "#,##0.######",
    Kind.MONEY: "#,##0.00",
    Kind.PERCENT: "0.0###%",
    Kind.DAY: "yyyy-mm-dd",
}
_GUIDE = (
    "Change the white cells, then upload this file under Initiatives, Import, Registry workbook.",
    "Before anything is saved, every cell that differs is shown, and you confirm it.",
    "Grey cells name a row or tell its state; they are locked and not read as changes.",
    "To add something, write it into the empty rows below. Write new 1, new 2 … in the place of a"
    " key that is not there yet, in every sheet that belongs to it.",
    "Leave Milestone no. and Criterion no. empty for new ones. A criterion names its milestone.",
    "Quarter 1 is the quarter in which the option starts, as planned.",
    "A row that is taken out here is not deleted in Waymark; do that on its page.",
    "An empty cell empties the field, where it may be empty.",
    "Columns of your own are not read. Sorting and filtering change nothing.",
)


class _Styles:
    """One format per kind of cell and whether it is locked."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._known: dict[tuple[Kind, bool], Format] = {}
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#f4f5f7"}
        )
        self.locked_head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#e0e4ea"}
        )
        self.bold = book.add_format({"bold": True})

    def of(self, kind: Kind, *, is_locked: bool) -> Format:
        if (kind, is_locked) not in self._known:
            said: dict[str, object] = {"locked": is_locked, "valign": "top"}
            if is_locked:
                said |= {"bg_color": "#f4f5f7", "font_color": "#5f6977"}
            if kind in _FORMATS:
                said["num_format"] = _FORMATS[kind]
            self._known[kind, is_locked] = self._book.add_format(said)
        return self._known[kind, is_locked]


def registry_workbook(current: Current, sheets: Sequence[Sheet], *, at: datetime) -> bytes:
    """The workbook of what is there now, as bytes; ``sheets`` are those for whoever asks."""
    out = BytesIO()
    book = Workbook(out, {"constant_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": "Waymark registry", "created": at.replace(tzinfo=None)})
    styles = _Styles(book)
    _guide(book.add_worksheet(GUIDE), styles, at)
    lists = _Lists(current.names, current.heads)
    marks: list[str] = []
    for sheet in sheets:
        rows = current.rows.get(sheet.name, {})
        wide = _wide(sheet, rows.values())
        _Writer(book.add_worksheet(sheet.name), styles, wide, current, lists).write(rows)
        marks += [row_mark(sheet.name, identity) for identity in rows]
    lists.write(book.add_worksheet(LISTS))
    _carry(book.add_worksheet(CARRIED), marks)
    book.get_worksheet_by_name(INITIATIVES.name).activate()
    book.close()
    return out.getvalue()


def _wide(sheet: Sheet, rows: Iterable[Cells]) -> Sheet:
    """A sheet over quarters is as wide as its rows need."""
    if "q0" not in sheet.by_name:
        return sheet
    return widened(sheet, max((int(name[1:]) for row in rows for name in row), default=0))


def _guide(page: Worksheet, styles: _Styles, at: datetime) -> None:
    page.set_column(0, 0, 110)
    page.write_string(0, 0, "The registry of Waymark", styles.bold)
    page.write_string(1, 0, f"As it was on {at:%Y-%m-%d %H:%M} UTC.")
    for line, words in enumerate(_GUIDE, 3):
        page.write_string(line, 0, words)


class _Lists:
    """What dropdowns offer, one column each on a sheet of its own."""

    def __init__(self, names: Names, keys: Iterable[str]) -> None:
        self._columns: list[tuple[str, tuple[str, ...]]] = [
            (words.value, names.offered[words]) for words in Words
        ]
        self._columns.append(("initiative", tuple(keys)))
        self._places = {name: at for at, (name, _) in enumerate(self._columns)}

    def source(self, name: str) -> str | None:
        """The cells a dropdown takes its words from; None where there are none."""
        at = self._places[name]
        count = len(self._columns[at][1])
        return f"={LISTS}!${letter_of(at)}$2:${letter_of(at)}${count + 1}" if count else None

    def write(self, page: Worksheet) -> None:
        for at, (name, _) in enumerate(self._columns):
            page.write_string(0, at, name)
        for line in range(max(len(offered) for _, offered in self._columns)):
            for at, (_, offered) in enumerate(self._columns):
                if line < len(offered):
                    page.write_string(line + 1, at, inert(offered[line]))
        page.protect()
        page.hide()


def _carry(page: Worksheet, marks: Sequence[str]) -> None:
    """Remember which rows the file has, so that a row taken out can be told from a new one."""
    for line, start in enumerate(range(0, len(marks), _MARKS_A_CELL)):
        page.write_string(line, 0, " ".join(marks[start : start + _MARKS_A_CELL]))
    page.very_hidden()


class _Writer:
    """Writes one sheet, row by row as constant memory wants it."""

    def __init__(
        self, page: Worksheet, styles: _Styles, sheet: Sheet, current: Current, lists: _Lists
    ) -> None:
        self._page, self._styles, self._sheet = page, styles, sheet
        self._current, self._lists = current, lists
        self._formats = [
            styles.of(one.kind, is_locked=one.is_fixed or one.is_told) for one in sheet.columns
        ]
        self._open = [styles.of(one.kind, is_locked=one.is_told) for one in sheet.columns]

    def write(self, rows: Mapping[Identity, Cells]) -> None:
        page, columns = self._page, self._sheet.columns
        for at, column in enumerate(columns):
            page.set_column(at, at, column.width, self._open[at])
        page.set_column(len(columns), len(columns), 8)
        page.set_column(len(columns) + 1, len(columns) + 1, 8, None, {"hidden": True})
        for at, column in enumerate(columns):
            is_locked = column.is_fixed or column.is_told
            page.write_string(
                0, at, column.label, self._styles.locked_head if is_locked else self._styles.head
            )
        page.write_string(0, len(columns), VERSION, self._styles.locked_head)
        page.write_string(0, len(columns) + 1, SEEN, self._styles.locked_head)
        for line, (identity, cells) in enumerate(rows.items(), 1):
            self._row(line, identity, cells)
        page.freeze_panes(1, len(self._sheet.identity))
        page.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        self._dropdowns(len(rows) + SPARE_ROWS)
        page.protect(
            "",
            {
                "autofilter": True, "sort": True, "format_cells": True, "format_columns": True,
                "format_rows": True, "insert_columns": True, "insert_rows": True,
                "delete_rows": True,
            },
        )  # fmt: skip

    def _row(self, line: int, identity: Identity, cells: Cells) -> None:
        named = dict(zip(self._sheet.identity, identity, strict=True))
        head = self._current.heads[identity[0]]
        told = self._current.told.get(identity[0], {})
        seen = []
        for at, column in enumerate(self._sheet.columns):
            text = named.get(column.name) or cells.get(column.name, "")
            if column.is_told:
                text = told.get(column.name, "")
            locked = bool(head.lock)
            style = self._styles.of(column.kind, is_locked=True) if locked else self._formats[at]
            self._cell(line, at, column, text, style)
            if column.is_read:
                seen.append(f"{column.name}={digest(text)}")
        last = len(self._sheet.columns)
        count = self._styles.of(Kind.COUNT, is_locked=True)
        self._page.write_number(line, last, head.version, count)
        self._page.write_string(line, last + 1, " ".join(seen))

    def _cell(self, line: int, at: int, column: Column, text: str, style: Format) -> None:
        if not text:
            self._page.write_blank(line, at, None, style)
            return
        value = parsed(column.kind, text)
        if isinstance(value, date):
            self._page.write_datetime(line, at, value, style)
        elif isinstance(value, Decimal | int) and not isinstance(value, bool) and _fits(text):
            self._page.write_number(line, at, float(value), style)
        else:
            self._page.write_string(line, at, inert(text), style)

    def _dropdowns(self, last: int) -> None:
        for at, column in enumerate(self._sheet.columns):
            name = column.words.value if column.words else ""
            if column.name == "other":
                name = "initiative"
            if name and (source := self._lists.source(name)):
                self._page.data_validation(
                    1, at, last, at,
                    {"validate": "list", "source": source, "error_type": "warning",
                     "error_title": column.label, "error_message": "Choose from the list."},
                )  # fmt: skip


def _fits(text: str) -> bool:
    return len(text.replace(".", "").replace("-", "").strip("0")) <= _EXACT
