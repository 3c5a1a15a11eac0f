"""All gate meetings, found by words, day and initiative."""

from __future__ import annotations

from flask import render_template, request

from app.extensions import db
from app.meetings.presenters import ROWS, ArchiveChoices, archive_rows
from app.meetings.queries import list_meetings
from app.meetings.routes.blueprint import bp
from app.web.guards import requires
from app.web.paging import Page


@bp.get("/meetings")
@requires("roadmap.view")
def index() -> str:
    """Show the meetings that fit, the latest first."""
    choices = ArchiveChoices.read(request.args)
    found, total = list_meetings(
        db.session, choices.filter, offset=(choices.page - 1) * ROWS, limit=ROWS
    )
    page = Page(archive_rows(found), total, choices.page, ROWS)
    return render_template("meetings/index.html", choices=choices, page=page)
