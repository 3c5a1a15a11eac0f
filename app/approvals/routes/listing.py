"""All proposals."""

from __future__ import annotations

from flask import render_template

from app.approvals.presenters.listing import proposal_lines
from app.approvals.queries import list_proposals, load_granted_values, load_item_sums
from app.approvals.routes.blueprint import bp
from app.extensions import db
from app.web.guards import requires


@bp.get("/proposals")
@requires("proposals.view")
def index() -> str:
    proposals = list_proposals(db.session)
    ids = [one.id for one in proposals]
    sums, granted = load_item_sums(db.session, ids), load_granted_values(db.session, ids)
    return render_template("approvals/index.html", lines=proposal_lines(proposals, sums, granted))
