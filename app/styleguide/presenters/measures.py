"""Colours, letters and spaces as the style sheets have them, measured anew for every look."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.styleguide.rules import (
    PAIRS,
    SPACE_SCALE,
    TYPE_SCALE,
    Colour,
    Pair,
    contrast,
    letter_sizes,
    read_colours,
    read_tokens,
    spaces,
)

PAPER_SHEETS = frozenset({"board.css", "pack.css", "paper.css", "print.css"})
"""Sheets of what is printed, whose letters are in points."""
OFTEN = 8
"""Widths between the steps of space that are named, the most used first."""


def measures(folder: Path) -> dict[str, Any]:
    """Everything the page says about the style sheets in ``folder``."""
    tokens = (folder / "tokens.css").read_text(encoding="utf-8")
    sheets = [
        file.read_text(encoding="utf-8")
        for file in sorted(folder.glob("*.css"))
        if file.name not in PAPER_SHEETS
    ]
    colours = read_colours(tokens)
    named = {colour.name for colour in colours}
    return {
        "colours": colours,
        "pairs": [_pair_row(pair, {colour.name: colour for colour in colours}) for pair in PAIRS],
        "letters": _letters(sheets),
        "spaces": _spaces(sheets),
        "sizes": [(name, value) for name, value in read_tokens(tokens) if name not in named],
    }


def _pair_row(pair: Pair, colours: dict[str, Colour]) -> dict[str, Any]:
    front, back = colours[pair.front], colours[pair.back]
    return {
        "name": f"{pair.front} on {pair.back}",
        "least": pair.least,
        "looks": [
            _look("Light", front.light, back.light, pair.least),
            _look("Dark", front.dark, back.dark, pair.least),
        ],
    }


def _look(scheme: str, front: str, back: str, least: float) -> dict[str, Any]:
    ratio = contrast(front, back)
    # Cut off, not rounded: 4.499 is too little.
    shown = int(ratio * 100) / 100
    return {
        "scheme": scheme,
        "front": front,
        "back": back,
        "ratio": f"{shown:.2f}",
        "state": "ok" if ratio >= least else "bad",
    }


def _letters(sheets: Sequence[str]) -> list[dict[str, Any]]:
    used = letter_sizes(sheets)
    return [{"size": size, "use": use, "count": used[size]} for size, use in TYPE_SCALE.items()]


def _spaces(sheets: Sequence[str]) -> dict[str, Any]:
    used = spaces(sheets)
    between = [(width, count) for width, count in used.most_common() if width not in SPACE_SCALE]
    return {
        "steps": [{"width": width, "count": used[width]} for width in SPACE_SCALE],
        "between": between[:OFTEN],
    }
