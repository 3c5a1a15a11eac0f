"""Ask beside a frozen plan what whoever decides wants to know, and watch it being computed."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.approvals.forms import DecisionForm, ids_in
from app.approvals.presenters.beside import beside_plan
from app.approvals.queries import ASKED, get_proposal, load_beside
from app.approvals.routes.blueprint import PROPOSAL, bp
from app.approvals.routes.deciding import looked_at
from app.approvals.rules.frozen import frozen_of
from app.db.session import transaction
from app.errors import ConflictError, NotFoundError
from app.extensions import db
from app.portfolio.queries import get_run
from app.portfolio.services.inquiries import ask
from app.web.clock import now
from app.web.errors import status_of
from app.web.guards import about_costs, current_actor, requires


@bp.post(f"{PROPOSAL}/answers/<word>")
@requires("runs.start")
@about_costs
def ask_beside(proposal_id: int, word: str) -> Response | str | tuple[str, int]:
    """Queue a question, with the same items left out.

    Whoever decides sends the form of their decision along, so the page answers with all that was
    ticked and typed; anybody else goes back to the proposal.
    """
    kind = next((kind for kind in ASKED if kind.value == word), None)
    if kind is None:
        raise NotFoundError("There is no such question beside a proposal.")
    form = DecisionForm() if "digest" in request.form else None
    try:
        with transaction(db.session) as session:
            run = get_run(session, get_proposal(session, proposal_id).run_id)
            ask(session, run, kind, actor=current_actor(), now=now())
    except ConflictError as error:
        if form is None:
            raise
        return looked_at(proposal_id, form, refusal=error.message), status_of(error)
    if form is not None:
        return looked_at(proposal_id, form)
    without = sorted(ids_in(request.form.get("without", "").split(",")))
    address = url_for("approvals.show", proposal_id=proposal_id, without=without, _anchor="risks")
    return redirect(address, 303)


@bp.get(f"{PROPOSAL}/answers/<word>")
@requires("proposals.view")
@about_costs
def asked_beside(proposal_id: int, word: str) -> Response:
    """The page that answered a question, opened anew."""
    return redirect(url_for("approvals.show", proposal_id=proposal_id, _anchor="risks"), 303)


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
