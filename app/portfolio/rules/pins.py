"""Kinds of pins in a scenario."""

from __future__ import annotations

from enum import Enum

from app.values.quarter import Quarter


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


def pin_sentence(kind: PinKind, initiative: str, option: str | None, start: Quarter | None) -> str:
    """The pin as people say it: “CX-104 is funded as lean from 2027-Q1”."""
    if kind is PinKind.FUND:
        return f"{initiative} is funded"
    if kind is PinKind.EXCLUDE:
        return f"{initiative} is left out"
    scope = f" as {option}" if option else ""
    begin = f" from {start}" if start else ""
    return f"{initiative} is funded{scope}{begin}"
