"""The history of the plan: who moved what, when and why, and every version as it stood."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from app.calendar.queries import list_cycles
from app.extensions import db
from app.roadmap.presenters import history
from app.roadmap.presenters.choices import HistoryChoices
from app.roadmap.presenters.overloads import kept_lines
from app.roadmap.queries.plans import (
    HistoryFilter,
    count_versions,
    get_version,
    list_moves,
    list_versions,
    load_plan_at,
)
from app.roadmap.routes.blueprint import bp
from app.web.guards import requires
from app.web.paging import Page
from app.web.subjects import link_subject

link_subject(bp, "plan_version", lambda ref: url_for("roadmap.version", version_id=int(ref)))


@bp.get("/roadmap/versions")
@requires("roadmap.view")
def versions() -> str:
    """Show the plan versions and everything that moved, of a cycle or an initiative."""
    choices = HistoryChoices.read(request.args)
    found = list_moves(db.session, HistoryFilter(choices.cycle, choices.initiative))
    return render_template(
        "roadmap/versions.html",
        choices=choices,
        cycles=[("", "All cycles"), *((str(c.id), c.name) for c in list_cycles(db.session))],
        versions=_versions(choices),
        page=history.history_page(found, choices.page),
    )


def _versions(choices: HistoryChoices) -> Page[dict[str, Any]]:
    first = (choices.versions - 1) * history.VERSIONS
    found = list_versions(db.session, choices.cycle, offset=first, limit=history.VERSIONS)
    return history.versions_page(found, count_versions(db.session, choices.cycle), choices.versions)


@bp.get("/roadmap/versions/<int:version_id>")
@requires("roadmap.view")
def version(version_id: int) -> str:
    """Show what a version moved, and the whole plan as it stood then beside the baseline."""
    one = get_version(db.session, version_id)
    moved = list_moves(db.session, HistoryFilter(version_id=one.id))
    return render_template(
        "roadmap/version.html",
        version=one,
        title=history.version_title(one),
        subtitle=history.saved_words(one),
        moved=[history.move_row(line) for line in moved],
        overloads=kept_lines(one.overloads),
        rows=history.plan_rows(load_plan_at(db.session, one)),
    )
