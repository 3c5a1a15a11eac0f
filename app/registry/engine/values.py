"""What a cell of the registry's workbook holds, as a value and as the text it is compared by."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from app.registry.engine.cells import LARGEST, CellRefusedError
from app.registry.engine.layout import Kind
from app.values.quarter import Quarter, QuarterFormatError
from app.values.spreadsheets import inert

Value = str | int | Decimal | date | Quarter | bool | None
"""What is read from a cell."""

LONGEST_TEXT = 20_000
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
_POINT = re.compile(r"[+-]?\d{1,3}(?:([,'’ ])\d{3})(?:\1\d{3})*(?:\.\d+)?|[+-]?\d+(?:\.\d+)?")
_COMMA = re.compile(r"[+-]?\d{1,3}(?:[.'’ ]\d{3})+,\d+")
_SPACES = re.compile(r"[\u00a0\u202f\u2009]")
_WRITTEN_DAY = re.compile(r"(\d{1,2})[./ -]([A-Za-z]{3,9}|\d{1,2})[./ -](\d{4})")
_QUARTER = re.compile(r"(\d{4})[-/ ]?Q([1-4])|Q([1-4])[-/ ]?(\d{4})", re.IGNORECASE)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def written(value: Value) -> str:
    """The text of a value: numbers plain, days and quarters as ISO writes them, flags in words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return str(value)


def digest(text: str) -> str:
    """Eight signs that tell whether a cell still holds a text."""
    return blake2b(text.encode(), digest_size=4).hexdigest()


def plain_text(cell: object) -> str:
    """A cell as text with its own line ends and nothing around it."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.15g}" if not cell.is_integer() or abs(cell) >= 1e15 else str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).replace("\r\n", "\n").replace("\r", "\n").strip()


def read_cell(kind: Kind, cell: object) -> Value:
    """The value of a cell; None where it is empty. Raises CellRefusedError saying what to do."""
    text = plain_text(cell)
    if not text:
        return None
    if _ERROR.fullmatch(text):
        raise CellRefusedError(f"It holds the spreadsheet’s error {text}; mend its formula.")
    return _READERS[kind](cell, text)


def without_guard(text: str) -> str:
    """The text without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return text[1:] if text.startswith("'") and inert(text[1:]) == text else text


def _text(cell: object, text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise CellRefusedError(f"Shorten this to at most {LONGEST_TEXT:,} characters.")
    return without_guard(text)


def _number(cell: object, text: str) -> Decimal:
    bare = _SPACES.sub(" ", text).replace("\u2212", "-")
    if isinstance(cell, datetime | date):
        raise CellRefusedError(f"{text} is a day; write a number and format the cell as one.")
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        found = Decimal(f"{cell:.15g}")
    elif _COMMA.fullmatch(bare):
        found = Decimal(re.sub(r"[.'’ ]", "", bare).replace(",", "."))
    elif _POINT.fullmatch(bare):
        found = Decimal(re.sub(r"[,'’ ]", "", bare))
    else:
        raise CellRefusedError(f"“{_short(text)}” is not a number; write it as 1234.5.")
    if abs(found) > LARGEST:
        raise CellRefusedError(f"“{_short(text)}” is too large; at most nine million million.")
    return found


def _measure(cell: object, text: str) -> Decimal:
    return _number(cell, text).quantize(Decimal("0.000001"))


def _money(cell: object, text: str) -> Decimal:
    return _number(cell, text)


def _count(cell: object, text: str) -> int:
    found = _number(cell, text)
    if found != found.to_integral_value() or found < 0:
        raise CellRefusedError(f"“{_short(text)}” is not a whole number of 0 or more.")
    return int(found)


def _percent(cell: object, text: str) -> Decimal:
    """A share: 40 % of a formatted cell is read as 0.4; text says its own sign."""
    if text.endswith("%"):
        found = _number(text, text[:-1].strip()).scaleb(-2)
    else:
        found = _number(cell, text)
        if isinstance(cell, str) or found > 20:
            raise CellRefusedError(f"“{_short(text)}” is no share; write it with its sign, as 40%.")
    return found.quantize(Decimal("0.000001"))


def _day(cell: object, text: str) -> date:
    found: date | None = None
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    else:
        found = _typed_day(text)
    if found is None or not 1900 <= found.year <= 2999:
        raise CellRefusedError(
            f"“{_short(text)}” is not a day that means one thing; write it as 2027-03-31."
        )
    return found


def _typed_day(text: str) -> date | None:
    """A day typed as text: ISO, with dots (day first), or with the month’s name."""
    try:
        return date.fromisoformat(text[:10]) if re.match(r"\d{4}-\d\d-\d\d(?:$|[ T])", text) else (
            _european_day(text)
        )  # fmt: skip
    except ValueError:
        return None


def _european_day(text: str) -> date | None:
    match = _WRITTEN_DAY.fullmatch(text)
    if match is None:
        return None
    day, month, year = match.groups()
    if month.isdigit():
        # 3/4/2027 is another day in Boston than in Basle; with dots it is not.
        return date(int(year), int(month), int(day)) if "." in text or int(day) > 12 else None
    short = month[:3].lower()
    return date(int(year), _MONTHS.index(short) + 1, int(day)) if short in _MONTHS else None


def _quarter(cell: object, text: str) -> Quarter:
    match = _QUARTER.fullmatch(text)
    if match is None:
        raise CellRefusedError(f"“{_short(text)}” is not a quarter; write it as 2027-Q1.")
    try:
        return Quarter(int(match[1] or match[4]), int(match[2] or match[3]))
    except QuarterFormatError as error:
        raise CellRefusedError(str(error)) from error


def _flag(cell: object, text: str) -> bool:
    said = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.lower() not in said:
        raise CellRefusedError(f"“{_short(text)}” is neither yes nor no.")
    return said[text.lower()]


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


_READERS: dict[Kind, Callable[[Any, str], Value]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _text,
    Kind.COUNT: _count,
    Kind.MEASURE: _measure,
    Kind.MONEY: _money,
    Kind.PERCENT: _percent,
    Kind.DAY: _day,
    Kind.QUARTER: _quarter,
    Kind.FLAG: _flag,
}


def parsed(kind: Kind, text: str) -> Value:
    """The value that `written` gave as a text."""
    if not text:
        return None
    if kind is Kind.DAY:
        return date.fromisoformat(text)
    if kind is Kind.QUARTER:
        return Quarter.parse(text)
    if kind is Kind.COUNT:
        return int(text)
    if kind in (Kind.MEASURE, Kind.MONEY, Kind.PERCENT):
        return Decimal(text)
    return text == "yes" if kind is Kind.FLAG else text
