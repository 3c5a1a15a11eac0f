"""One worksheet written from above: headings, single facts and rows over the quarters."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from app.initiatives.exports.registry import inert

Figure = int | float | str
"""A number, or a formula beginning with “=”."""


def half_even(cell: str) -> str:
    """A cell rounded to whole units, half to even, as a formula.

    A sheet reckons with about fifteen digits, so what is as near to a half as they tell is one.
    """
    near = f"MIN(0.001,MAX(0.000001,ABS({cell})*1E-15))"
    return f"IF(ABS({cell}-INT({cell})-0.5)<{near},2*ROUND({cell}/2,0),ROUND({cell},0))"


class Sheet:
    """A worksheet with a place for the next row; figures stand in column B and to its right."""

    def __init__(self, book: Workbook, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._bold = book.add_format({"bold": True})
        self._soft = book.add_format({"italic": True, "font_color": "#5f6977"})
        self._row = 0
        sheet.set_column(0, 0, 52)
        sheet.set_column(1, 60, 16)
        sheet.freeze_panes(0, 1)

    def title(self, words: str) -> None:
        self._sheet.write_string(self._row, 0, inert(words), self._bold)
        self._row += 1

    def note(self, words: str) -> None:
        self._sheet.write_string(self._row, 0, inert(words), self._soft)
        self._row += 1

    def heading(self, words: str) -> None:
        self._row += 1
        self.title(words)

    def row_cells(self, count: int) -> list[str]:
        """The cells the next row will have."""
        return [
            xl_rowcol_to_cell(self._row, place + 1, row_abs=True, col_abs=True)
            for place in range(count)
        ]

    def fact(self, label: str, figure: Figure, known: float | None = None) -> str:
        """One figure with its name; gives its cell."""
        return self.row(label, [figure], None if known is None else [known])[0]

    def half_even_row(
        self, label: str, formulas: Sequence[str], exact: Sequence[float], known: Sequence[float]
    ) -> list[str]:
        """A row of formulas as it comes out, and below it rounded half to even; gives the latter.

        ``exact`` and ``known`` are their values.
        """
        cells = self.row(f"{label}, not rounded", formulas, exact)
        return self.row(f"{label}, half to even", [f"={half_even(one)}" for one in cells], known)

    def row(
        self, label: str, figures: Sequence[Figure], known: Sequence[float] | None = None
    ) -> list[str]:
        """Figures side by side; ``known`` are the values of formulas. Gives their cells."""
        self._sheet.write_string(self._row, 0, inert(label))
        cells = []
        for place, figure in enumerate(figures):
            at = self._row, place + 1
            if isinstance(figure, str):
                value = 0 if known is None else known[place]
                self._sheet.write_formula(*at, figure, None, value)
            else:
                self._sheet.write_number(*at, figure)
            cells.append(xl_rowcol_to_cell(*at, row_abs=True, col_abs=True))
        self._row += 1
        return cells
