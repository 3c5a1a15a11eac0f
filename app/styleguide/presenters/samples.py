"""Invented figures for the drawings, placed as presenters place those of real pages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

STAGES = ("Awareness", "Discovery", "Interest", "Consideration", "Action", "Use", "Advocacy")
CHANNELS = (
    "Website",
    "Mobile app",
    "Contact centre",
    "E-mail & messaging",
    "Agent & branch",
    "Letters & bills",
)
PAIN = (
    (22, 48, 57, 39, 27, 63, 51),
    (31, 35, 41, 30, 24, 55, 36),
    (None, 29, 38, 44, 52, 88, 59),
    (18, 26, 22, 34, 31, 47, 42),
    (44, 52, 33, 21, None, 58, 37),
    (None, None, 46, 68, 61, 49, 74),
)
SCORES = (4.1, 3.6, 3.4, 3.3, 3.7, 2.4, 3.0)
UNCOVERED = {(2, 4), (4, 1), (4, 5), (5, 6)}


def _cell(row: int, column: int) -> dict[str, Any] | None:
    pain = PAIN[row][column]
    if pain is None:
        return None
    covered = (row * 3 + column) % 3
    uncovered = (row, column) in UNCOVERED
    return {
        "value": pain,
        "level": min(7, pain // 12),
        "note": "uncovered" if uncovered else ("none", "1 initiative", "2 initiatives")[covered],
        "uncovered": uncovered,
        "trend": ("flat", "up", "flat", "down")[(row + column) % 4],
        "href": f"?cell={row}-{column}",
        "selected": (row, column) == (2, 5),
    }


def heat_sample() -> dict[str, Any]:
    """Stage × channel with a satisfaction line."""
    width = 100 / len(STAGES)
    return {
        "stages": [
            {"name": name, "note": f"{38 - 3 * i}k contacts", "satisfaction": SCORES[i]}
            for i, name in enumerate(STAGES)
        ],
        "rows": [
            {"channel": channel, "cells": [_cell(r, c) for c in range(len(STAGES))]}
            for r, channel in enumerate(CHANNELS)
        ],
        "line": {
            "points": [
                {
                    "x": round((i + 0.5) * width, 2),
                    "y": round(75 - (score - 2.4) / 1.7 * 50, 2),
                    "label": score,
                    "name": STAGES[i],
                    "hot": score < 2.5,
                }
                for i, score in enumerate(SCORES)
            ],
            "target": 45,
            "target_label": "target 3.4",
        },
    }


def line_sample() -> list[dict[str, Any]]:
    """Value against budget with falling returns."""
    return [
        {
            "x": round(i * 4, 2),
            "y": round(100 - 94 * (1 - (1 - i / 25) ** 1.8), 2),
            "title": f"€{i * 0.32:.2f}m",
        }
        for i in range(26)
    ]


def radar_sample() -> dict[str, Any]:
    """Six levels, one of them between two ends, and the six of a year before."""
    spokes = [(180, 48), (280.5, 106), (280.5, 222), (180, 280), (79.5, 222), (79.5, 106)]
    words = ("Strategy", "Process", "People", "Technology", "Measurement", "Governance")
    now = (3.5, 3.0, 2.8, 2.5, 3.5)
    dots = [_along(spoke, one) for spoke, one in zip(spokes, now, strict=False)]
    ends = [_along(spoke, 5.6) for spoke in spokes]
    return {
        "centre": (180, 164),
        "rings": [_written(spokes, (ring,) * 6) for ring in range(1, 6)],
        "scale": [(_along(spokes[0], ring)[1], str(ring)) for ring in range(1, 6)],
        "spokes": spokes,
        "labels": [
            {
                "x": x,
                "y": y,
                "anchor": "mid" if x == 180 else "start" if x > 180 else "end",
                "word": word,
                "level": level,
            }
            for word, level, (x, y) in zip(words, (*now, "2.0 to 3.0"), ends, strict=True)
        ],
        "now": {
            "shape": "",
            "dots": dots,
            "lines": list(pairwise(dots)),
            "spans": [(_along(spokes[5], 2), _along(spokes[5], 3))],
        },
        "before": {"shape": _written(spokes, (2, 1.8, 1.5, 1.5, 1.8, 2)), "lines": [], "spans": []},
        "says": "Levels from 1 to 5",
    }


def _along(spoke: tuple[float, float], level: float) -> tuple[float, float]:
    x, y = spoke
    return round(180 + (x - 180) * level / 5, 1), round(164 + (y - 164) * level / 5, 1)


def _written(spokes: Sequence[tuple[float, float]], levels: tuple[float, ...]) -> str:
    places = [_along(spoke, one) for spoke, one in zip(spokes, levels, strict=True)]
    return " ".join(f"{x},{y}" for x, y in places)


def level_sample() -> dict[str, Any]:
    """One level over three assessments, the second between two ends."""
    points = [(9, 63.5, 63.5, "2.0"), (50, 49, 60, ""), (91, 41.75, 41.75, "3.5")]
    return {
        "word": "Strategy",
        "ticks": [78, 63.5, 49, 34.5, 20],
        "points": [
            {"x": x, "y": y, "y_low": low, "label": label, "title": label, "is_exact": y == low}
            for x, y, low, label in points
        ],
        "first": "22 Dec 2025",
        "last": "22 Dec 2026",
        "says": "Strategy over time",
    }
