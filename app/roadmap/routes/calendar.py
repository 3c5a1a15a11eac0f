"""The gate calendar."""

from __future__ import annotations

from flask import render_template, request

from app.approvals.queries import load_open_conditions
from app.extensions import db
from app.roadmap.presenters import calendar
from app.roadmap.presenters.choices import GateChoices
from app.roadmap.presenters.standing import standings
from app.roadmap.queries import load_hurdle_rows
from app.roadmap.queries.timeline import list_deciders, load_timeline
from app.roadmap.routes.blueprint import bp
from app.web.clock import today
from app.web.guards import requires


@bp.get("/gates")
@requires("roadmap.view")
def gates() -> str:
    """Show the hurdles of all initiatives in the order they want attention."""
    choices = GateChoices.read(request.args)
    known = calendar.entries(standings(load_timeline(db.session), today()), today())
    if not known:
        return render_template("roadmap/empty.html")
    reach = calendar.in_reach(known, choices)
    page = calendar.entry_page(reach, choices)
    rows = load_hurdle_rows(db.session, [entry.key for entry in page.items])
    still = [one.hurdle.tranche_id for one in page.items if one.hurdle.is_open]
    rows.conditions = load_open_conditions(db.session, still)
    return render_template(
        "roadmap/gates.html",
        choices=choices,
        head=calendar.calendar_head(known, reach, choices),
        page=page,
        groups=calendar.groups(page.items, rows, list_deciders(db.session), today()),
    )
