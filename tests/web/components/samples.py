"""Figures the gallery shows; positions are worked out here as presenters do for real pages."""

from __future__ import annotations

from itertools import pairwise
from random import Random
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
NAMES = (
    "Search landing pages by life event",
    "One-page motor quote",
    "Quote save and resume",
    "Digital identity check at purchase",
    "First-bill walkthrough",
    "Welcome pack in plain language",
    "Proactive delay alerts",
    "Payment plan self-service",
)
STATES = ("passed", "passed", "review", "notdue", "notdue", "risk", "missed", "waived")


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


def _written(spokes: list[tuple[float, float]], levels: tuple[float, ...]) -> str:
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


def _row(i: int, random: Random) -> dict[str, Any]:
    x = random.uniform(2, 55)
    w = random.uniform(14, 40)
    count = 3
    return {
        "key": f"CX-{100 + i}",
        "title": NAMES[i % len(NAMES)],
        "href": f"/initiatives/CX-{100 + i}",
        "x": round(x, 2),
        "w": round(w, 2),
        "elapsed_w": round(max(0.0, min(w, 42 - x)), 2),
        "base_x": round(x - 2, 2) if i % 4 == 1 else None,
        "base_w": round(w - 3, 2) if i % 4 == 1 else None,
        "moved": i % 7 == 1,
        "selected": i == 3,
        "diamonds": [
            {
                "x": round(x + w * (k + 1) / count, 2),
                "state": STATES[(i + k * 3) % len(STATES)],
                "title": f"H{k + 1} Pilot, {STATES[(i + k * 3) % len(STATES)]}, 15 Jan 2027",
                "href": f"/gates/{i * 10 + k}",
                "selected": i == 3 and k == 1,
            }
            for k in range(count)
        ],
    }


def roadmap_sample(count: int, *, fit: bool) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """``count`` bars with three diamonds each, in lanes of a few."""
    random = Random(7)
    lanes = []
    size = max(2, count // 6)
    for first in range(0, count, size):
        shares = [random.randint(0, 118) for _ in range(6)]
        lanes.append(
            {
                "title": STAGES[len(lanes) % len(STAGES)],
                "note": f"{size} · €{random.randint(170, 990)}k",
                "load": [
                    {
                        "x": round(q * 100 / 6, 2),
                        "w": round(100 / 6, 2),
                        "share": min(100, share),
                        "word": f"{share} %",
                        "title": f"Q{q % 4 + 1} {share} %",
                        "level": "over" if share > 100 else "full" if share >= 90 else None,
                    }
                    for q, share in enumerate(shares)
                ],
                "rows": [_row(i, random) for i in range(first, min(first + size, count))],
            }
        )
    months = ("Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun")
    axis = {
        "width": None if fit else 1260,
        "groups": [
            {
                "x": round(q * 100 / 6, 2),
                "label": f"Q{(q + 2) % 4 + 1} {2026 + (q + 2) // 4}",
                "strong": q == 2,
            }
            for q in range(6)
        ],
        "ticks": [{"x": round(m * 100 / 18, 2), "label": months[m % 12]} for m in range(18)],
        "today_x": 42,
        "today_label": "22 Nov",
    }
    return lanes, axis
