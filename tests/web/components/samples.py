"""Figures the gallery shows; positions are worked out here as presenters do for real pages."""

from __future__ import annotations

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
