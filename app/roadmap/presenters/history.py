"""Plan versions and everything that moved, as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.roadmap.models import PlanVersion
from app.roadmap.presenters.overloads import kept_words
from app.roadmap.queries.plans import MoveLine, PlannedDay, VersionLine
from app.roadmap.rules.works import months_between
from app.web.filters import counted, day
from app.web.paging import Page

ROWS = 50
"""Moves on one page of the history."""

VERSIONS = 20
"""Plan versions on one page."""


def history_page(found: Sequence[MoveLine], number: int) -> Page[dict[str, Any]]:
    """One page of moves, newest first."""
    first = (number - 1) * ROWS
    return Page([move_row(one) for one in found[first : first + ROWS]], len(found), number, ROWS)


def move_row(one: MoveLine) -> dict[str, Any]:
    """One moved thing: from when to when, by whom and why."""
    return {
        "at": one.at,
        "who": one.who,
        "version_id": one.version_id,
        "version": f"{one.cycle}, {one.number}" if one.number else "before versions",
        "key": one.key,
        "title": one.title,
        "tranche_id": one.tranche_id,
        "what": one.gate or "Work",
        "from_on": one.from_on,
        "to_on": one.to_on,
        "slip": _slip(one),
        "cause": one.cause.word if one.cause else "",
        "words": one.words if one.cause is None or one.words != one.cause.word else "",
    }


def _slip(one: MoveLine) -> str:
    days = (one.to_on - one.from_on).days
    way = "later" if days > 0 else "earlier"
    if one.gate is None:
        return f"{counted(abs(months_between(one.from_on, one.to_on)), 'month')} {way}"
    return f"{counted(abs(days), 'day')} {way}"


def versions_page(found: Sequence[VersionLine], total: int, number: int) -> Page[dict[str, Any]]:
    """One page of versions, newest first."""
    return Page(_version_rows(found), total, number, VERSIONS, "versions")


def _version_rows(found: Sequence[VersionLine]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "title": f"{one.cycle}, version {one.number}",
            "why": one.reason.word,
            "note": one.note,
            "who": one.who,
            "at": one.at,
            "moved": _moved(one),
            "over": kept_words(one.overloads),
        }
        for one in found
    ]


def _moved(one: VersionLine) -> str:
    parts = [counted(one.gates, "hurdle")] if one.gates else []
    if one.works:
        parts.append(f"work of {counted(one.works, 'initiative')}")
    return ", ".join(parts)


def plan_rows(found: Sequence[PlannedDay]) -> list[dict[str, Any]]:
    """A version's whole plan beside what was approved."""
    return [
        {
            "key": one.key,
            "title": one.title,
            "tranche_id": one.tranche_id,
            "name": one.name,
            "baseline_on": one.baseline_on,
            "planned_on": one.planned_on,
            "slip": _against(one),
            "has_moved": one.has_moved,
        }
        for one in found
    ]


def _against(one: PlannedDay) -> str:
    if not one.slip_days:
        return "as approved"
    way = "later" if one.slip_days > 0 else "earlier"
    return f"{counted(abs(one.slip_days), 'day')} {way}"


def version_title(version: PlanVersion) -> str:
    return f"Plan version {version.number} of {version.cycle.name}"


def saved_words(version: PlanVersion) -> str:
    """Who saved it when and why."""
    why = version.reason.word + (f": {version.note}" if version.note else "")
    return f"Saved by {version.saved_by.name} on {day(version.saved_at.date())} · {why}"
