"""The board pack of a proposal: the frozen version as a tagged PDF and as a workbook."""

from __future__ import annotations

from pathlib import Path

from flask import Response, current_app, make_response, render_template
from werkzeug.utils import import_string

from app.approvals.exports.pack import workbook
from app.approvals.models import Proposal
from app.approvals.presenters.pack import NO_REASON, Pack, PackRecord, pack_of, signature_lines
from app.approvals.presenters.pack_sheets import pack_sheets
from app.approvals.presenters.signing import condition_lines, signature_words
from app.approvals.queries import (
    find_signature,
    get_with_earlier_round,
    list_conditions,
    load_for_pack,
)
from app.approvals.routes.blueprint import PROPOSAL, bp
from app.approvals.rules import ProposalState, check_snapshot
from app.audit.presenters import anchor_words
from app.audit.queries import find_head
from app.extensions import db
from app.web.clock import now, today
from app.web.filters import moment
from app.web.guards import about_costs, current_actor, requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get(f"{PROPOSAL}/pack.pdf")
@requires("proposals.view")
@about_costs
def pack_pdf(proposal_id: int) -> Response:
    """The pack for the table of a board."""
    proposal, pack, record = _pack(proposal_id)
    html = render_template(
        "approvals/pack.html", proposal=proposal, pack=pack, view=pack.view, record=record,
        no_reason=NO_REASON,
    )  # fmt: skip
    # It takes as long to load as all the rest together, and every command would wait for it.
    pdf_of = import_string("app.web.pdf:pdf_of")
    made = pdf_of(html, folder=Path(current_app.static_folder or ""))
    return _file(made, "application/pdf", f"{_name(proposal)}.pdf")


@bp.get(f"{PROPOSAL}/pack.xlsx")
@requires("proposals.view")
@about_costs
def pack_xlsx(proposal_id: int) -> Response:
    """The same tables, typed."""
    proposal, pack, record = _pack(proposal_id)
    made = workbook(pack_sheets(pack, record), title=f"Board pack, {pack.title}")
    return _file(made, XLSX, f"{_name(proposal)}.xlsx")


def _pack(proposal_id: int) -> tuple[Proposal, Pack, PackRecord]:
    proposal, earlier = get_with_earlier_round(db.session, proposal_id)
    for one in (proposal, earlier) if earlier else (proposal,):
        check_snapshot(one.snapshot, one.digest, one.round)
    decision = proposal.decision
    first = find_signature(db.session, decision.first_signature_id if decision else None)
    is_approved = decision is not None and proposal.state is ProposalState.APPROVED
    conditions = list_conditions(db.session, decision.id) if decision and is_approved else []
    record = PackRecord(
        company=str(current_app.config["ORGANISATION"]),
        printed=f"{moment(now())}, for {current_actor().name}",
        digest=proposal.digest,
        anchor=anchor_words(find_head(db.session)),
        signatures=signature_lines(proposal, signature_words(proposal, first) if first else None),
        conditions=condition_lines(conditions, today()),
    )
    asked = load_for_pack(db.session, proposal)
    return proposal, pack_of(proposal, earlier, asked, today()), record


def _name(proposal: Proposal) -> str:
    return f"board-pack-{proposal.id}-{proposal.digest[:12]}"


def _file(content: bytes, kind: str, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
