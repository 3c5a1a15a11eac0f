"""Bars and diamonds in every state they can have, as a roadmap draws them."""

from __future__ import annotations

from typing import Any

STATES = ("passed", "review", "risk", "missed", "notdue", "stopped", "waived")
QUARTERS = ("Q3 2026", "Q4 2026", "Q1 2027", "Q2 2027", "Q3 2027", "Q4 2027")
TODAY = 42.0
BARS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("A bar, elapsed until today", {}),
    ("Moved, with the approved plan below", {"moved": True, "base_x": 8, "base_w": 60}),
    ("Stopped", {"stopped": True}),
    ("Looked at", {"selected": True}),
)
HEAD = "#states-of-bars"


def roadmap_states() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Lanes and axis: every kind of bar, and one bar with a diamond of every state."""
    bars = [
        _row(number, title, {**kind, "diamonds": []}) for number, (title, kind) in enumerate(BARS)
    ]
    diamonds = [_diamond(10 + 13 * i, state, False) for i, state in enumerate(STATES)]
    chosen = _diamond(50, "review", True)
    marks = [
        _row(7, "A hurdle of every state", {"x": 4, "w": 92, "diamonds": diamonds}),
        _row(8, "A hurdle that is looked at", {"diamonds": [chosen]}),
    ]
    lanes = [
        {"title": "Bars", "note": "sample", "load": _load(), "rows": bars},
        {"title": "Hurdles", "note": "sample", "load": [], "rows": marks},
    ]
    return lanes, _axis()


def plan_sample() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """One small bar with three hurdles, and the quarters it stands in."""
    ticks = [
        {"x": round(i * 100 / 6, 2), "label": word[:2], "year": word[3:] if i in (0, 2) else None}
        for i, word in enumerate(QUARTERS)
    ]
    marks = [{"x": x, "title": f"Sample hurdle {number}"} for number, x in enumerate((30, 50, 70))]
    return {"x": 16.67, "w": 60, "spoken": "Sample: Q4 2026 to Q3 2027", "marks": marks}, ticks


def _row(number: int, title: str, more: dict[str, Any]) -> dict[str, Any]:
    row = {"key": f"S-{number + 1}", "title": title, "href": HEAD, "x": 6, "w": 64, **more}
    elapsed = 0 if row.get("stopped") else max(0, TODAY - row["x"])
    return {"elapsed_w": elapsed, "base_x": None, "base_w": None, "note": None, **row}


def _diamond(x: float, state: str, selected: bool) -> dict[str, Any]:
    return {
        "x": x,
        "state": state,
        "title": f"Sample hurdle, {state}, {x} %",
        "href": HEAD,
        "selected": selected,
    }


def _load() -> list[dict[str, Any]]:
    shares = (40, 72, 95, 118, 88, 20)
    return [
        {
            "x": round(quarter * 100 / 6, 2),
            "w": round(100 / 6, 2),
            "share": min(100, share),
            "word": f"{share} %",
            "title": f"{QUARTERS[quarter]} {share} %",
            "level": "over" if share > 100 else "full" if share >= 90 else None,
        }
        for quarter, share in enumerate(shares)
    ]


def _axis() -> dict[str, Any]:
    groups = [
        {"x": round(i * 100 / 6, 2), "label": word, "strong": i == 2}
        for i, word in enumerate(QUARTERS)
    ]
    return {
        "width": None,
        "groups": groups,
        "ticks": [],
        "today_x": TODAY,
        "today_label": "Today",
    }
