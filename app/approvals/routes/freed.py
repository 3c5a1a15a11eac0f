"""Capital freed: what hurdles gave back, in all cycles and in each."""

from __future__ import annotations

from flask import render_template, request, url_for

from app.approvals.presenters.freed import freed_view
from app.approvals.queries.freed import list_freed, list_freed_totals
from app.approvals.routes.blueprint import bp
from app.extensions import db
from app.web.clock import today
from app.web.guards import about_costs, requires
from app.web.paging import Page, page_args


@bp.get("/ledger/freed")
@requires("proposals.view")
@about_costs
def freed() -> str:
    """Show the counter and every movement behind it."""
    totals = list_freed_totals(db.session, today=today())
    cycles = {one.cycle_id: one.cycle for one in totals}
    wanted = request.args.get("cycle", "")
    chosen = next((id_ for id_ in cycles if str(id_) == wanted), None)
    asked = page_args(request.args)
    lines, count = list_freed(db.session, cycle_id=chosen, limit=asked.size, offset=asked.offset)
    return render_template(
        "approvals/freed.html",
        view=freed_view(totals, chosen),
        cycles=cycles,
        chosen=chosen,
        lines=lines,
        page=Page(lines, count, asked.number, asked.size),
        address=lambda number: url_for("approvals.freed", cycle=chosen, page=number),
    )
