"""Ask beside a frozen plan what whoever decides wants to know, and watch it being computed."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.approvals.forms import ids_in
from app.approvals.presenters.beside import beside_plan
from app.approvals.queries import ASKED, get_proposal, load_beside
from app.approvals.routes.blueprint import PROPOSAL, bp
from app.approvals.rules.frozen import frozen_of
from app.db.session import transaction
from app.errors import NotFoundError
from app.extensions import db
from app.portfolio.queries import get_run
from app.portfolio.services.inquiries import ask
from app.web.clock import now
from app.web.guards import about_costs, current_actor, requires


@bp.post(f"{PROPOSAL}/answers/<word>")
@requires("runs.start")
def ask_beside(proposal_id: int, word: str) -> Response:
    """Queue a question and go back to the proposal, with the same items left out."""
    kind = next((kind for kind in ASKED if kind.value == word), None)
    if kind is None:
        raise NotFoundError("There is no such question beside a proposal.")
    with transaction(db.session) as session:
        run = get_run(session, get_proposal(session, proposal_id).run_id)
        ask(session, run, kind, actor=current_actor(), now=now())
    without = sorted(ids_in(request.form.get("without", "").split(",")))
    address = url_for("approvals.show", proposal_id=proposal_id, without=without, _anchor="risks")
    return redirect(address, 303)


@bp.get(f"{PROPOSAL}/answers")
@requires("proposals.view")
@about_costs
def answers_beside(proposal_id: int) -> Response | str:
    """What is being computed, for the page to put in place; it says when there is more to see.

    The page is not loaded anew by itself: somebody may be writing a reason.
    """
    if "HX-Request" not in request.headers:
        return redirect(url_for("approvals.show", proposal_id=proposal_id, _anchor="risks"), 303)
    proposal = get_proposal(db.session, proposal_id)
    beside = beside_plan(proposal, frozen_of(proposal.snapshot), load_beside(db.session, proposal))
    working = [one for one in beside.values() if one.progress is not None]
    before = request.args.get("waiting", len(working), type=int)
    return render_template(
        "approvals/working.html",
        proposal=proposal,
        working=working,
        before=before,
        decides="decides" in request.args,
    )
