"""One proposal: look at what is frozen, see what remains, decide."""

from __future__ import annotations

from collections.abc import Collection

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.approvals.forms import DecisionForm, WithdrawForm, ids_in
from app.approvals.models import Proposal
from app.approvals.presenters.proposal import STATES, Budgets, frozen_budgets, proposal_view
from app.approvals.queries import (
    find_earlier_round,
    fund_budgets,
    get_proposal,
    hands_on,
    list_commitments_of,
    load_committed,
)
from app.approvals.routes.blueprint import PROPOSAL, bp
from app.approvals.rules import ProposalState, bar_on, check_snapshot, hands_of, move_of
from app.approvals.services import (
    Verdict,
    approve_proposal,
    return_proposal,
    withdraw_proposal,
)
from app.db.session import transaction
from app.errors import InvalidError
from app.extensions import db
from app.web.clock import now
from app.web.guards import current_actor, requires

DECISIONS = {"approve": approve_proposal, "return": return_proposal}


@bp.get(PROPOSAL)
@requires("proposals.view")
def show(proposal_id: int) -> str:
    proposal = get_proposal(db.session, proposal_id)
    struck = ids_in(request.args.getlist("without"))
    if struck - {item.id for item in proposal.items}:
        raise InvalidError(
            "Some of the items to leave out are not in this proposal. "
            "Open it again and choose from its items."
        )
    return _page(proposal, struck=struck)


@bp.post(f"{PROPOSAL}/decision")
@requires("proposals.decide", fresh=True)
def decide(proposal_id: int) -> Response | tuple[str, int]:
    form = DecisionForm()
    if form.validate() and form.decision.data in DECISIONS:
        verdict = Verdict(
            digest=form.digest.data or "",
            reason=(form.reason.data or "").strip(),
            request_key=form.once.data or "",
            struck=form.struck if form.decision.data == "approve" else frozenset(),
        )
        try:
            with transaction(db.session) as session:
                DECISIONS[form.decision.data](
                    session, get_proposal(session, proposal_id), verdict,
                    actor=current_actor(), now=now(),
                )  # fmt: skip
        except InvalidError as error:
            form.refuse(error)
        else:
            approved = form.decision.data == "approve"
            flash("Approved and committed." if approved else "Returned with your reason.", "ok")
            return redirect(url_for("approvals.show", proposal_id=proposal_id), 303)
    proposal = get_proposal(db.session, proposal_id)
    struck = form.struck & {item.id for item in proposal.items}
    return _page(proposal, struck=struck, form=form), 422


@bp.post(f"{PROPOSAL}/withdrawal")
@requires("proposals.submit")
def withdraw(proposal_id: int) -> Response | tuple[str, int]:
    form = WithdrawForm()
    if form.validate():
        with transaction(db.session) as session:
            withdraw_proposal(
                session, get_proposal(session, proposal_id),
                reason=(form.reason.data or "").strip(), actor=current_actor(), now=now(),
            )  # fmt: skip
        flash("Withdrawn; another plan can be submitted.", "ok")
        return redirect(url_for("approvals.show", proposal_id=proposal_id), 303)
    return _page(get_proposal(db.session, proposal_id), withdrawal=form), 422


@bp.get(f"{PROPOSAL}/snapshot.json")
@requires("proposals.view")
def snapshot(proposal_id: int) -> Response:
    """The frozen bytes themselves, for whoever wants to check the digest."""
    proposal = get_proposal(db.session, proposal_id)
    response = make_response(proposal.snapshot)
    response.headers["Content-Type"] = "application/json"
    name = f"proposal-{proposal.digest[:12]}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(
    proposal: Proposal,
    *,
    struck: Collection[int] = (),
    form: DecisionForm | None = None,
    withdrawal: WithdrawForm | None = None,
) -> str:
    earlier = find_earlier_round(db.session, proposal)
    for one in (proposal, earlier) if earlier else (proposal,):
        check_snapshot(one.snapshot, one.digest, one.round)
    if proposal.state is not ProposalState.SUBMITTED:
        struck = {item.id for item in proposal.items if item.is_struck}
    if form is None:
        without = ",".join(str(one) for one in sorted(struck))
        form = DecisionForm(formdata=None, digest=proposal.digest, without=without)
    view = proposal_view(proposal, struck, _budgets(proposal), earlier)
    return render_template(
        "approvals/proposal.html",
        proposal=proposal,
        view=view,
        pool_keys=[str(pool["key"]) for pool in view.frozen.inputs.get("pools", ())],
        certified=view.certified_by(current_actor().id),
        state=STATES[proposal.state],
        form=form,
        withdrawal=withdrawal or WithdrawForm(formdata=None),
        bars=_bars(proposal),
        commitments=list_commitments_of(db.session, proposal),
    )


def _budgets(proposal: Proposal) -> Budgets:
    """Today's while it waits; once it is decided, those it was submitted against."""
    if proposal.state is not ProposalState.SUBMITTED:
        return frozen_budgets(proposal)
    bound = load_committed(db.session, proposal.cycle_id)
    return Budgets(fund_budgets(proposal.cycle), bound)


def _bars(proposal: Proposal) -> dict[str, str | None]:
    """Why the person looking can't make each move; None if they can."""
    person = current_actor()
    hands = hands_of(person.id, hands_on(db.session, proposal))
    found = {}
    for action in ("approve", "return", "withdraw"):
        move = move_of(action)
        may = person.may(move.permission)
        found[action] = bar_on(move, state=proposal.state, may=may, hands=hands)
    return found
