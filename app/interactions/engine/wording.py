"""How moments and texts are written in cells, and why some cannot be taken, in words; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Literal

from app.interactions.engine.mapping import ISO, OFFSET

TURNING = "[\u202a-\u202e\u2066-\u2069]"
"""Marks of writing direction, by which a text can be made to read as another one."""
TURNED = (
    "This holds marks of writing direction, which nobody sees and which turn a text around; write"
    " it without them."
)
NO_RESULT = (
    "This holds a formula without a result; open and save the file in a spreadsheet program."
)
NOT_AS_WRITTEN = {
    ISO: "“{cell}” is not a moment; write it as 2027-03-31 09:30, without an offset.",
    OFFSET: "“{cell}” is not a moment with its offset; write it as 2027-03-31T09:30+02:00.",
}
FORMATS = (
    OFFSET, ISO, "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y",
)  # fmt: skip
"""Ways to write moments that are told from cells."""
A_DAY = len("2027-03-31")
_OUTSIDE = "“{cell}” lies outside the years 1970 to 2099."
_NO_DAY = "“{cell}” is no day of the calendar, or no time of a day."
_SHAPE = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
)
_OFFSET = re.compile(r"Z| ?UTC|[+-]\d{2}(?::?\d{2})?")
_HOURS = re.compile("%[HIcXT]")
_Like = Literal["moment", "no moment", "other"]


def moment_words(cell: object, pattern: str) -> str | None:
    """What a moment that is written as it should be is refused for; None: it is written otherwise.

    Only of cells that are refused.
    """
    like = _like(cell, pattern)
    return {"moment": _OUTSIDE, "no moment": _NO_DAY, "other": None}[like]


def moment_format(cells: Iterable[object]) -> str | None:
    """How all cells that say something write their moments; None: they don't, or not alike.

    Of days that could be written in two ways, 3/4/2027, the first that fits all is taken.
    """
    said = [one for one in cells if one is not None and str(one).strip()]
    if not said:
        return None
    if all(isinstance(one, date) for one in said):
        return ISO
    texts = {str(one) for one in said}
    return next(
        (one for one in FORMATS if all(_like(text, one) == "moment" for text in texts)), None
    )


def has_hours(pattern: str) -> bool:
    """Whether moments of the pattern say more than a day; those without a pattern may."""
    return pattern in (ISO, OFFSET) or _HOURS.search(pattern) is not None


def is_turned(cell: object) -> bool:
    """Whether a text holds marks of writing direction."""
    return re.search(TURNING, str(cell)) is not None


def _like(cell: object, pattern: str) -> _Like:
    """Whether a cell is written by the pattern and, if so, whether there is such a moment."""
    if isinstance(cell, date):
        return "moment"
    text = str(cell).strip()
    if pattern not in (ISO, OFFSET):
        return _like_pattern(text, pattern)
    shape = _SHAPE.match(text)
    if shape is None:
        return "other"
    rest = text[shape.end() :]
    has_offset = shape[4] is not None and _OFFSET.fullmatch(rest)
    if not (has_offset if pattern == OFFSET else not rest):
        return "other"
    year, month, day, hour, minute, second = (int(part or 0) for part in shape.groups())
    try:
        datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return "no moment"
    return "moment"


def _like_pattern(text: str, pattern: str) -> _Like:
    try:
        datetime.strptime(text, pattern).replace(tzinfo=UTC)
    except ValueError as error:
        is_other = str(error).startswith(("time data", "unconverted data")) or "%" in str(error)
        return "other" if is_other else "no moment"
    return "moment"
