"""What the style sheets say: colours with their contrast, sizes with how often they are used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

TEXT_CONTRAST = 4.5
"""Least contrast of text, WCAG 2.2 success criterion 1.4.3."""
MARK_CONTRAST = 3.0
"""Least contrast of what carries meaning without being text, 1.4.11."""

TYPE_SCALE = {
    11: "Axis, note in a grid",
    12: "Note, caption, head of a column",
    13: "Table, button, field",
    14: "Body, head of a panel",
    16: "Head of a part",
    20: "Head of a page",
    26: "Key figure",
}
"""Every size of letters on the screen, in pixels, and what it is for."""
SPACE_SCALE = (4, 8, 12, 16, 20, 24, 32)

_DECLARATION = re.compile(r"^\s*--(?P<name>[a-z0-9-]+):\s*(?P<value>[^;]+);", re.MULTILINE)
_COLOUR = re.compile(r"#[0-9a-f]{3}(?:[0-9a-f]{3})?")
_LETTERS = re.compile(r"\bfont(?:-size)?:[^;{}]*?(\d+)px")
_ROOM = re.compile(r"\b(?:gap|margin|padding)[a-z-]*:([^;{}]+)")
_PIXELS = re.compile(r"(?<![\d.])(\d+)px")


@dataclass(frozen=True, slots=True)
class Colour:
    """A named colour as it is in light and in dark."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A colour on another, and the contrast the two need."""

    front: str
    back: str
    least: float = TEXT_CONTRAST


PAIRS = (
    *(Pair(ink, on) for ink in ("ink", "ink-2", "ink-3") for on in ("surface", "bg", "hover")),
    *(Pair("accent", on) for on in ("surface", "bg")),
    *(Pair("on-accent", on) for on in ("accent", "accent-hover")),
    *(Pair(f"{s}-ink", f"{s}-soft") for s in ("accent", "ok", "warn", "bad", "review", "idle")),
    *(Pair(f"{state}-ink", "surface") for state in ("ok", "warn", "bad")),
    *(Pair("on-cool", f"h{level}") for level in range(5)),
    *(Pair("on-hot", f"h{level}") for level in range(5, 8)),
    *(Pair(s, "surface", MARK_CONTRAST) for s in ("ok", "warn", "bad", "review", "idle", "edge")),
    *(Pair(f"paper-{w}", "paper") for w in ("ink", "ink-2", "ink-3", "good", "careful", "bad")),
)
"""What stands on what. Diamonds and bars carry a word as well, so pale ones need no contrast."""


def read_colours(sheet: str) -> tuple[Colour, ...]:
    """Every colour a style sheet names, in its order; one alone is the same in light and dark."""
    found = []
    for name, value in read_tokens(sheet):
        colours = _COLOUR.findall(value)
        if colours:
            found.append(Colour(name, colours[0], colours[-1]))
    return tuple(found)


def read_tokens(sheet: str) -> tuple[tuple[str, str], ...]:
    """Names and values as first declared, without what a touch screen or a phone changes."""
    first: dict[str, str] = {}
    for found in _DECLARATION.finditer(sheet):
        first.setdefault(found["name"], found["value"])
    return tuple(first.items())


def contrast(one: str, other: str) -> float:
    """Contrast of two colours from 1 to 21.

    (L₁ + 0.05) / (L₂ + 0.05), L₁ the lighter's relative luminance: WCAG 2.2, “contrast ratio”.
    """
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb from 0 to 1, by WCAG 2.2."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def letter_sizes(sheets: Iterable[str]) -> Counter[int]:
    """How often each size of letters in pixels is declared."""
    return Counter(int(size) for sheet in sheets for size in _LETTERS.findall(sheet))


def spaces(sheets: Iterable[str]) -> Counter[int]:
    """How often each width in pixels keeps things apart: gaps, margins, paddings."""
    return Counter(
        int(width)
        for sheet in sheets
        for room in _ROOM.findall(sheet)
        for width in _PIXELS.findall(room)
        if width != "0"
    )
