"""Tables as a workbook: typed cells, and a formula where a sum is a sum."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from app.approvals.rules.sheets import Cell, Sheet
from app.values.money import CURRENCY_DIGITS, Money
from app.values.spreadsheets import inert

WIDTH = 18
"""Characters a column takes unless its sheet says otherwise."""


def workbook(sheets: Sequence[Sheet], *, title: str) -> bytes:
    """One worksheet per table, its head frozen and repeated on every printed page."""
    out = BytesIO()
    book = Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": title})
    formats = _Formats(book)
    for sheet in sheets:
        _Writer(book.add_worksheet(sheet.name), formats).write(sheet)
    book.close()
    return out.getvalue()


class _Formats:
    """Formats by what a cell holds; each is made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Format] = {}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.note = book.add_format({"font_color": "#5f6977"})
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        )

    def of(self, cell: Cell, *, is_total: bool) -> Format:
        """The format of a cell's kind."""
        code = _code(cell)
        if (code, is_total) not in self._made:
            look: dict[str, object] = {"num_format": code, "valign": "top"}
            look |= {"text_wrap": True} if code == "@" else {}
            look |= {"bold": True, "top": 1} if is_total else {}
            self._made[code, is_total] = self._book.add_format(look)
        return self._made[code, is_total]


def _code(cell: Cell) -> str:
    match cell:
        case Money():
            digits = CURRENCY_DIGITS[cell.currency]
            return f"#,##0{'.' if digits else ''}{'0' * digits}"
        case date():
            return "yyyy-mm-dd"
        case int():
            return "#,##0"
        case Decimal():
            return "#,##0.00##"
    return "@"


class _Writer:
    """Writes one table from above."""

    def __init__(self, sheet: Worksheet, formats: _Formats) -> None:
        self._sheet, self._formats, self._row = sheet, formats, 0

    def write(self, table: Sheet) -> None:
        sheet, formats = self._sheet, self._formats
        for place in range(len(table.head)):
            sheet.set_column(
                place, place, table.widths[place] if place < len(table.widths) else WIDTH
            )
        self._line(table.title, formats.title)
        for note in table.notes:
            self._line(note, formats.note)
        self._row += 1
        for place, word in enumerate(table.head):
            sheet.write_string(self._row, place, inert(word), formats.head)
        sheet.freeze_panes(self._row + 1, 1)
        sheet.repeat_rows(self._row)
        first = self._row + 1
        for row in table.rows:
            self._row += 1
            for place, cell in enumerate(row):
                self._cell(place, cell)
        if table.sums and table.rows:
            self._totals(table, first)
        self._page()

    def _line(self, words: str, look: Format) -> None:
        self._sheet.write_string(self._row, 0, inert(words), look)
        self._row += 1

    def _cell(self, place: int, cell: Cell) -> None:
        at, look = (self._row, place), self._formats.of(cell, is_total=False)
        match cell:
            case Money():
                self._sheet.write_number(*at, float(cell.amount), look)
            case int() | Decimal():
                self._sheet.write_number(*at, float(cell), look)
            case date():
                self._sheet.write_datetime(*at, cell, look)
            case str():
                self._sheet.write_string(*at, inert(cell), look)

    def _totals(self, table: Sheet, first: int) -> None:
        last, self._row = self._row, self._row + 1
        self._sheet.write_string(self._row, 0, "Total", self._formats.of("", is_total=True))
        for place in sorted(table.sums):
            known = table.total(place)
            value = float(known.amount) if isinstance(known, Money) else known
            formula = f"=SUM({xl_range(first, place, last, place)})"
            look = self._formats.of(known, is_total=True)
            self._sheet.write_formula(self._row, place, formula, look, value)

    def _page(self) -> None:
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_footer("&L&A&R&P / &N")
