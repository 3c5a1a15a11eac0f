"""One proposal: look at what is frozen, see what remains, decide."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.approvals.forms import DecisionForm, WithdrawForm, ids_in
from app.approvals.models import Proposal
from app.approvals.presenters.proposal import (
    STATES,
    Budgets,
    ProposalView,
    frozen_budgets,
    proposal_view,
)
from app.approvals.presenters.risks import risks_of
from app.approvals.presenters.shown import CHANGES_SHOWN, shown_items
from app.approvals.presenters.signing import (
    ConditionLine,
    FirstSignature,
    condition_lines,
    first_of,
    signature_words,
    signing_of,
)
from app.approvals.queries import (
    Ground,
    find_signature,
    fund_budgets,
    get_proposal,
    get_with_earlier_round,
    list_commitments_of,
    list_conditions,
    load_beside,
    load_committed,
    load_ground,
)
from app.approvals.routes.blueprint import PROPOSAL, bp
from app.approvals.rules import ProposalState, bar_on, check_snapshot, hands_of, move_of
from app.approvals.rules.limits import Terms, read_terms
from app.approvals.services import (
    OtherTermsError,
    Verdict,
    approve_proposal,
    return_proposal,
    withdraw_proposal,
)
from app.db.session import transaction
from app.errors import InvalidError
from app.extensions import db
from app.journeys.queries import load_stale_baselines
from app.journeys.rules import StaleBaseline
from app.values.money import Money
from app.web.clock import now, today
from app.web.errors import status_of
from app.web.filters import money
from app.web.guards import about_costs, current_actor, requires, says
from app.web.paging import page_args

DECISIONS = {"approve": approve_proposal, "return": return_proposal}
NOT_LOOKED_AT = (
    "You ticked other items than the sums left out. Nothing was decided; this is what remains now."
    " Look at it and decide again."
)


@bp.get(PROPOSAL)
@requires("proposals.view")
@about_costs
def show(proposal_id: int) -> str:
    proposal, earlier = get_with_earlier_round(db.session, proposal_id)
    # Before anybody chose what to leave out, a second approver looks at what was signed first.
    wanted = request.args.getlist("without") if "without" in request.args else None
    struck = ids_in(wanted) if wanted is not None else None
    if struck is None:
        return _page(proposal, earlier)
    if struck - {item.id for item in proposal.items}:
        raise InvalidError(
            "Some of the items to leave out are not in this proposal. "
            "Open it again and choose from its items."
        )
    return _page(proposal, earlier, struck=struck)


@bp.post(PROPOSAL)
@requires("proposals.view")
@about_costs
def remaining(proposal_id: int) -> str:
    """What remains without the ticked items, with all that was typed so far; decides nothing."""
    form = DecisionForm()
    if "back" in request.form:
        form.put_back()
    return looked_at(proposal_id, form)


def looked_at(proposal_id: int, form: DecisionForm, *, refusal: str | None = None) -> str:
    """The page without what is ticked, with all that was typed; ``refusal``: why nobody works on
    what was asked."""
    proposal, earlier = get_with_earlier_round(db.session, proposal_id)
    struck = form.ticked & {item.id for item in proposal.items}
    form.look_at(struck)
    return _page(proposal, earlier, struck=struck, form=form, refusal=refusal)


def _told(proposal_id: int) -> str | None:
    """What the form of a decision is about to do."""
    form, proposal = DecisionForm(), get_proposal(db.session, proposal_id)
    form.offer(_keys(proposal))
    plan = f"the plan of {proposal.cycle.name}, round {proposal.round}"
    if form.decision.data == "return":
        return f"Return {plan}."
    if form.decision.data != "approve" or form.ticked != form.struck:
        return None
    terms = Terms(form.struck, form.asked)
    kept = sum(item.spend_minor for item in proposal.items if item.id not in terms.struck)
    asked = money(Money(kept, proposal.cycle.currency))
    keys = {item.id: item.initiative.key for item in proposal.items}
    return f"Approve {asked} for {plan}: {terms.words(keys)}."


@bp.post(f"{PROPOSAL}/decision")
@requires("proposals.decide", fresh=True)
@says(_told)
def decide(proposal_id: int) -> Response | tuple[str, int]:
    form, status = DecisionForm(), 422
    form.offer(_keys(get_proposal(db.session, proposal_id)))
    if form.decision.data == "approve" and form.ticked != form.struck:
        form.refuse(InvalidError(NOT_LOOKED_AT))
        return looked_at(proposal_id, form), status
    if form.validate() and form.decision.data in DECISIONS:
        verdict = Verdict(
            digest=form.digest.data or "",
            reason=(form.reason.data or "").strip(),
            request_key=form.once.data or "",
            struck=form.struck if form.decision.data == "approve" else frozenset(),
            conditions=form.asked if form.decision.data == "approve" else (),
        )
        try:
            with transaction(db.session) as session:
                made = DECISIONS[form.decision.data](
                    session, get_proposal(session, proposal_id), verdict,
                    actor=current_actor(), now=now(),
                )  # fmt: skip
        except InvalidError as error:
            form.refuse_typed(error)
        except OtherTermsError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(_done_words(form.decision.data, made), "ok")
            return redirect(url_for("approvals.show", proposal_id=proposal_id), 303)
    proposal, earlier = get_with_earlier_round(db.session, proposal_id)
    struck = form.struck & {item.id for item in proposal.items}
    return _page(proposal, earlier, struck=struck, form=form), status


def _done_words(decision: str, made: int | None) -> str:
    """What a decision did; an approval that is the first of two decides nothing yet."""
    if decision == "return":
        return "Returned with your reason."
    if made is None:
        return "Signed. Nothing is committed before a second approver signs the same terms."
    return "Approved and committed."


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
    return _page(*get_with_earlier_round(db.session, proposal_id), withdrawal=form), 422


@bp.get(f"{PROPOSAL}/snapshot.json")
@requires("proposals.view")
@about_costs
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
    earlier: Proposal | None,
    *,
    struck: Collection[int] | None = None,
    form: DecisionForm | None = None,
    withdrawal: WithdrawForm | None = None,
    refusal: str | None = None,
) -> str:
    for one in (proposal, earlier) if earlier else (proposal,):
        check_snapshot(one.snapshot, one.digest, one.round)
    person, ground = current_actor(), load_ground(db.session, proposal)
    first = first_of(ground, person.id)
    signed = read_terms(first.terms) if first else Terms(frozenset(), ())
    if struck is None:
        struck = signed.struck
    if proposal.state is not ProposalState.SUBMITTED:
        struck = {item.id for item in proposal.items if item.is_struck}
    form = form or _fresh_form(proposal, struck, signed)
    view = proposal_view(proposal, struck, _budgets(proposal), earlier, today())
    shown = shown_items(view, _asked_page(), strict=request.method == "GET")
    form.offer(shown.offered(_keys(proposal), form.chosen))
    terms = Terms(frozenset(struck), form.asked)
    stale = _stale(view) if proposal.state is ProposalState.SUBMITTED else None
    return render_template(
        "approvals/proposal.html",
        proposal=proposal,
        view=view,
        shown=shown,
        changes_shown=CHANGES_SHOWN,
        risks=risks_of(proposal, view, load_beside(db.session, proposal), stale),
        stale=stale,
        refusal=refusal,
        certified=view.certified_by(person.id),
        state=STATES[proposal.state],
        form=form,
        withdrawal=withdrawal or WithdrawForm(formdata=None),
        bars=_bars(proposal, ground),
        signing=signing_of(proposal, ground, terms, view.kept.spend, person.id),
        signed=_first_signature(proposal),
        conditions=_conditions(proposal),
        commitments=list_commitments_of(db.session, proposal),
    )


def _asked_page() -> int:
    """The page of the items that was asked for, in the address or with what was ticked."""
    return page_args(MultiDict({"page": request.values.get("items", "")})).number


def _stale(view: ProposalView) -> list[StaleBaseline]:
    """The baselines under the frozen values that are too old today."""
    limit = current_app.config["BASELINE_MAX_AGE_DAYS"]
    found = load_stale_baselines(db.session, today=today(), limit_days=limit)
    return found.under(str(pool["key"]) for pool in view.frozen.inputs.get("pools", ()))


def _keys(proposal: Proposal) -> list[tuple[str, str]]:
    """What a condition can be about: (id, key) of every item."""
    return [(str(item.id), item.initiative.key) for item in proposal.items]


def _fresh_form(proposal: Proposal, struck: Collection[int], signed: Terms) -> DecisionForm:
    """The form with what was signed first, if anybody did."""
    without = ",".join(str(one) for one in sorted(struck))
    asked = [asdict(one) for one in signed.conditions if one.item_id not in struck]
    return DecisionForm(formdata=None, digest=proposal.digest, without=without, conditions=asked)


def _first_signature(proposal: Proposal) -> FirstSignature | None:
    """Who signed before whoever decided."""
    wanted = proposal.decision.first_signature_id if proposal.decision else None
    found = find_signature(db.session, wanted)
    return signature_words(proposal, found) if found else None


def _conditions(proposal: Proposal) -> list[ConditionLine]:
    if proposal.state is not ProposalState.APPROVED or proposal.decision is None:
        return []
    return condition_lines(list_conditions(db.session, proposal.decision.id), today())


def _budgets(proposal: Proposal) -> Budgets:
    """Today's while it waits; once it is decided, those it was submitted against."""
    if proposal.state is not ProposalState.SUBMITTED:
        return frozen_budgets(proposal)
    bound = load_committed(db.session, proposal.cycle_id)
    return Budgets(fund_budgets(proposal.cycle), bound)


def _bars(proposal: Proposal, ground: Ground) -> dict[str, str | None]:
    """Why the person looking can't make each move; None if they can."""
    person = current_actor()
    hands = hands_of(person.id, ground.hands)
    found = {}
    for action in ("approve", "return", "withdraw"):
        move = move_of(action)
        may = person.may(move.permission)
        found[action] = bar_on(
            move, state=proposal.state, may=may, hands=hands,
            is_submitter=person.id == proposal.submitted_by_id,
        )  # fmt: skip
    return found
