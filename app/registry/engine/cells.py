"""Single cells as values, refused in words that name what was found."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal, InvalidOperation

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
LARGEST = Decimal("9e12")


class CellRefusedError(ValueError):
    """The cell is not what its column should hold."""


def _shown(cell: str) -> str:
    return cell if len(cell) <= 40 else cell[:39] + "…"


def clean_text(cell: str) -> str:
    """The text in one line, entities resolved, without control or direction marks."""
    return " ".join(_CONTROL.sub("", html.unescape(cell)).split())


def day(cell: str) -> date:
    """A calendar day from ``2012-09-30`` or a moment on it."""
    match = _DAY.fullmatch(cell)
    try:
        found = date.fromisoformat(match[1]) if match else None
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2999:
        raise CellRefusedError(f"“{_shown(cell)}” is not a day; write it as 2027-03-31.")
    return found


def number(cell: str) -> Decimal:
    """An exact decimal from plain, grouped or exponent form."""
    bare = cell.replace("\u2212", "-")
    if not _NUMBER.fullmatch(bare):
        raise CellRefusedError(f"“{_shown(cell)}” is not a number.")
    try:
        found = Decimal(bare.replace(",", ""))
    except InvalidOperation as error:
        raise CellRefusedError(f"“{_shown(cell)}” is not a number.") from error
    if abs(found) > LARGEST:
        raise CellRefusedError(f"“{_shown(cell)}” is too large; at most nine million million.")
    return found


def measure(cell: str) -> Decimal:
    """A measured quantity, kept to six digits after the point."""
    return number(cell).quantize(Decimal("0.000001"))


def minor_units(cell: str, scale: Decimal, digits: int) -> int:
    """Money in minor units from a cell in ``scale`` units of a currency with ``digits`` digits."""
    exact = (number(cell) * scale).scaleb(digits)
    if exact < 0:
        raise CellRefusedError(f"“{_shown(cell)}” is negative; a cost is at least 0.")
    if exact != exact.to_integral_value():
        raise CellRefusedError(f"“{_shown(cell)}” is finer than the currency's smallest unit.")
    if exact > LARGEST * 100:
        raise CellRefusedError(f"“{_shown(cell)}” is too large an amount.")
    return int(exact)


def fiscal_quarter_end(year: str, quarter: str) -> date:
    """The last day of a US fiscal quarter: fiscal 2022 Q1 ends on 2021-12-31."""
    if not (re.fullmatch(r"(19|20)\d\d", year) and re.fullmatch(r"[1-4]", quarter)):
        raise CellRefusedError(f"“{_shown(year)} Q{_shown(quarter)}” is not a fiscal quarter.")
    ends = {"1": (-1, 12, 31), "2": (0, 3, 31), "3": (0, 6, 30), "4": (0, 9, 30)}
    shift, month, last = ends[quarter]
    return date(int(year) + shift, month, last)
