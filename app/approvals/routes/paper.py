"""A proposal and what was decided, on paper: one template for the printed page and the PDF."""

from __future__ import annotations

from pathlib import Path

from flask import Response, current_app, make_response, render_template
from werkzeug.utils import import_string

from app.approvals.presenters.proposal import STATES, frozen_budgets, proposal_view
from app.approvals.presenters.risks import risks_of
from app.approvals.presenters.signing import condition_lines, signature_words
from app.approvals.queries import (
    find_signature,
    get_with_earlier_round,
    list_conditions,
    load_beside,
)
from app.approvals.queries.amendments import list_amended_criteria
from app.approvals.routes.blueprint import PROPOSAL, bp
from app.approvals.rules import DecisionKind, ProposalState, check_snapshot
from app.audit.presenters import anchor_words
from app.audit.queries import find_head
from app.extensions import db
from app.web.clock import now, today
from app.web.guards import about_costs, current_actor, requires

SAID = {
    DecisionKind.APPROVE: "Approved",
    DecisionKind.APPROVE_WITHOUT: "Approved without some items",
    DecisionKind.RETURN: "Returned",
}


@bp.get(f"{PROPOSAL}/paper")
@requires("proposals.view")
@about_costs
def paper(proposal_id: int) -> str:
    """Show the page as it is printed."""
    return _page(proposal_id, ways=True)[0]


@bp.get(f"{PROPOSAL}/paper.pdf")
@requires("proposals.view")
@about_costs
def paper_pdf(proposal_id: int) -> Response:
    """The same page as a PDF."""
    html, digest = _page(proposal_id, ways=False)
    # It takes as long to load as all the rest together, and every command would wait for it.
    pdf_of = import_string("app.web.pdf:pdf_of")
    response = make_response(pdf_of(html, folder=Path(current_app.static_folder or "")))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = (
        f'attachment; filename="proposal-{proposal_id}-{digest[:12]}.pdf"'
    )
    return response


def _page(proposal_id: int, *, ways: bool) -> tuple[str, str]:
    """The page and the digest of the version it is about."""
    proposal, earlier = get_with_earlier_round(db.session, proposal_id)
    for one in (proposal, earlier) if earlier else (proposal,):
        check_snapshot(one.snapshot, one.digest, one.round)
    struck = {item.id for item in proposal.items if item.is_struck}
    decision = proposal.decision
    is_approved = proposal.state is ProposalState.APPROVED
    view = proposal_view(proposal, struck, frozen_budgets(proposal), earlier, today())
    first = find_signature(db.session, decision.first_signature_id if decision else None)
    html = render_template(
        "approvals/paper.html",
        proposal=proposal,
        view=view,
        risks=risks_of(proposal, view, load_beside(db.session, proposal), None),
        state=STATES[proposal.state][1],
        said=SAID[decision.kind] if decision else f"None: {STATES[proposal.state][1].lower()}.",
        signed=signature_words(proposal, first) if first else None,
        conditions=condition_lines(list_conditions(db.session, decision.id), today())
        if decision and is_approved
        else [],
        amended=list_amended_criteria(db.session, decision.id) if decision else [],
        anchor=anchor_words(find_head(db.session)),
        printed_at=now(),
        printed_for=current_actor().name,
        ways=ways,
    )
    return html, proposal.digest
