"""Text on its way into a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str | None) -> str:
    """Text that no spreadsheet takes for a formula: such a start gets an apostrophe before it."""
    return f"'{text}" if text and text.startswith(_FORMULA_STARTS) else text or ""


def csv_line(cells: Sequence[str]) -> str:
    """One line of a CSV file with its end."""
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
