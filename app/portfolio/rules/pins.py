"""Kinds of pins in a scenario."""

from __future__ import annotations

from enum import Enum

from app.values.money import Money
from app.values.quarter import Quarter
from app.values.written import quarter_words


class PinKind(Enum):
    """How a person binds the optimizer on one initiative."""

    FUND = "fund"
    EXCLUDE = "exclude"
    FIX = "fix"

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = {
    PinKind.FUND: "Fund it",
    PinKind.EXCLUDE: "Leave it out",
    PinKind.FIX: "Fix option or start",
}


def pin_sentence(
    kind: PinKind,
    initiative: str,
    option: str | None,
    start: Quarter | None,
    price: Money | None = None,
) -> str:
    """The pin as people say it: “CX-104 is funded as lean from 2027-Q1”.

    A soft one goes on: “; may be broken for EUR 25,000.00”.
    """
    said = _sentence(kind, initiative, option, start)
    return said if price is None else f"{said}; may be broken for {price}"


def over_sentence(start: Quarter) -> str:
    """That nothing new can start then any more."""
    return f"{quarter_words(start)} is over, so nothing can start then any more."


def _sentence(kind: PinKind, initiative: str, option: str | None, start: Quarter | None) -> str:
    if kind is PinKind.FUND:
        return f"{initiative} is funded"
    if kind is PinKind.EXCLUDE:
        return f"{initiative} is left out"
    scope = f" as {option}" if option else ""
    begin = f" from {start}" if start else ""
    return f"{initiative} is funded{scope}{begin}"
