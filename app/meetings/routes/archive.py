"""All gate meetings, found by words, day and initiative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from app.calendar.queries import list_cycles
from app.extensions import db
from app.meetings.presenters import ROWS, ArchiveChoices, archive_rows
from app.meetings.queries import ArchiveFilter, list_latest, list_meetings
from app.meetings.routes.blueprint import bp
from app.web.context import provide
from app.web.guards import requires
from app.web.paging import Page

MOST_OF_CYCLE = 10
"""Meetings that the page of a cycle shows."""


@bp.get("/meetings")
@requires("roadmap.view")
def index() -> str:
    """Show the meetings that fit, the latest first."""
    choices = ArchiveChoices.read(request.args)
    found, total = list_meetings(
        db.session, choices.filter, offset=(choices.page - 1) * ROWS, limit=ROWS
    )
    page = Page(archive_rows(found), total, choices.page, ROWS)
    cycles = [("", "All cycles"), *((str(c.id), c.name) for c in list_cycles(db.session))]
    return render_template("meetings/index.html", choices=choices, page=page, cycles=cycles)


@dataclass(frozen=True, slots=True)
class CycleMeetings:
    """The latest meetings about a cycle's hurdles, and whether there are more."""

    rows: list[dict[str, Any]]
    has_more: bool


def _of_cycle(cycle_id: int) -> CycleMeetings:
    wanted = ArchiveFilter(cycle_id=cycle_id)
    found = list_latest(db.session, wanted, limit=MOST_OF_CYCLE + 1)
    return CycleMeetings(archive_rows(found[:MOST_OF_CYCLE]), len(found) > MOST_OF_CYCLE)


provide(bp, "cycle_meetings", lambda: _of_cycle)
