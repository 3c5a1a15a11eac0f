"""A roadmap as long as asked for, its bars strewn over it."""

from __future__ import annotations

from random import Random
from typing import Any

from app.styleguide.presenters.samples import STAGES

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
