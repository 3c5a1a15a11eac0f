"""Decide a proposal: approve it, approve it without some items, return it, withdraw it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import ApprovalSignature, Decision, Proposal, ProposalItem
from app.approvals.queries import (
    Ground,
    fund_budgets,
    load_committed,
    load_ground,
    load_versions,
    lock_cycle,
)
from app.approvals.rules import (
    DecisionKind,
    FrozenProposal,
    ProposalState,
    bar_on,
    check_snapshot,
    hands_of,
    move_of,
    read_snapshot,
)
from app.approvals.rules.asking import asked_of, overdrawn_sentences
from app.approvals.rules.limits import ConditionDraft, Terms
from app.approvals.rules.over import LEAVE_OUT, over_sentences
from app.approvals.rules.remaining import Remainder, strike
from app.approvals.services.commitments import commit
from app.approvals.services.signing import (
    Consent,
    attach_conditions,
    checked_terms,
    consent_to,
    refusal_of,
    sign,
)
from app.audit.services import once, record, remember
from app.calendar.models import Cycle
from app.calendar.rules import CycleState
from app.calendar.services.checks import mark_changed
from app.errors import ConflictError, InvalidError, NotAllowedError, StaleError
from app.initiatives.rules import InitiativeState
from app.values.quarter import Quarter
from app.values.texts import LONGEST_NOTE

SIGNED = "signed"
"""What is remembered of an approval that was the first of two signatures."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the approver says: ``digest`` is that of the snapshot they looked at.

    ``struck`` holds the ids of the items to leave out, ``conditions`` what an approval asks for;
    ``request_key`` names the form that was sent, so that sending it twice decides once.
    """

    digest: str
    reason: str
    request_key: str
    struck: frozenset[int] = frozenset()
    conditions: tuple[ConditionDraft, ...] = ()

    @property
    def terms(self) -> Terms:
        """What is granted: everything but the struck, on conditions."""
        return Terms(self.struck, self.conditions)


def approve_proposal(
    session: Session, proposal: Proposal, verdict: Verdict, *, actor: Person, now: datetime
) -> int | None:
    """Approve a proposal, without the struck items if there are any; the decision's id.

    Commitments, tranches and ledger movements are written and the initiatives become approved.
    Above the actor's limit the first approval is a signature alone and gives None; somebody else's
    under the same terms decides. ``proposal`` comes from `get_proposal`. Raises NotAllowedError
    for roles and four hands, StaleError for another digest than the stored one, ConflictError when
    it is decided already or other terms are signed, InvalidError for what can't be granted.
    """
    known = _known_answer(session, proposal, verdict, "proposal.approved", actor, now)
    if known is not None:
        return None if known == SIGNED else known
    cycle = _lock(session, proposal)
    ground = _check_move(session, proposal, "approve", actor)
    frozen = _checked_snapshot(proposal, verdict)
    struck = _struck_keys(proposal, verdict)
    terms = checked_terms(proposal, verdict.terms, ground.signatures, today=now.date())
    kept = strike(frozen, struck)
    _refuse_inseparable(kept)
    _refuse_changed(session, frozen, struck)
    _refuse_begun(frozen, struck, now.date())
    _refuse_overdrawn(session, cycle, frozen, struck)
    granted = sum(item.spend_minor for item in frozen.items if item.key in kept.worth)
    consent = consent_to(proposal, ground, terms, granted, actor=actor)
    if not consent.is_enough:
        sign(session, proposal, terms, granted, reason=verdict.reason, actor=actor, now=now)
        remember(session, verdict.request_key, SIGNED)
        return None
    kind = DecisionKind.APPROVE_WITHOUT if struck else DecisionKind.APPROVE
    decision = _decide(session, proposal, kind, verdict, first=consent.first, actor=actor, now=now)
    attach_conditions(session, decision.id, terms)
    commit(session, proposal, decision, frozen, kept, actor=actor, now=now)
    _move(session, proposal, ProposalState.APPROVED)
    mark_changed(cycle)  # whoever has its budgets open must look at them again
    session.flush()
    _record_approval(session, proposal, decision, verdict, consent, kept, granted, struck,
                     actor=actor, now=now)  # fmt: skip
    remember(session, verdict.request_key, decision.id)
    return decision.id


def _record_approval(
    session: Session, proposal: Proposal, decision: Decision, verdict: Verdict, consent: Consent,
    kept: Remainder, granted: int, struck: Collection[str], *, actor: Person, now: datetime,
) -> None:  # fmt: skip
    first = consent.first
    record(
        session, actor=actor, action="proposal.approved", subject=f"proposal:{proposal.id}",
        before={"state": ProposalState.SUBMITTED},
        after={
            "state": ProposalState.APPROVED, "decision": decision.id, "digest": proposal.digest,
            "committed_minor": granted, "value_minor": kept.value_minor,
            "struck": sorted(struck), "rules_broken": [rule.key for rule in kept.broken],
            "terms": verdict.terms.content.decode(),
            "first_signed_by": f"person:{first.person_id}" if first else None,
        },
        reason=verdict.reason or None, now=now,
    )  # fmt: skip


def return_proposal(
    session: Session, proposal: Proposal, verdict: Verdict, *, actor: Person, now: datetime
) -> int:
    """Send a proposal back with a reason; the decision's id. Raises as `approve_proposal`."""
    known = _known_answer(session, proposal, verdict, "proposal.returned", actor, now)
    if known is not None:
        return known
    _lock(session, proposal)
    _check_move(session, proposal, "return", actor)
    _checked_snapshot(proposal, verdict)
    if not verdict.reason:
        raise InvalidError("Say why you return it and what should change.", field="reason")
    decision = _decide(session, proposal, DecisionKind.RETURN, verdict, actor=actor, now=now)
    _move(session, proposal, ProposalState.RETURNED)
    record(
        session, actor=actor, action="proposal.returned", subject=f"proposal:{proposal.id}",
        before={"state": ProposalState.SUBMITTED},
        after={"state": ProposalState.RETURNED, "decision": decision.id},
        reason=verdict.reason, now=now,
    )  # fmt: skip
    remember(session, verdict.request_key, decision.id)
    return decision.id


def withdraw_proposal(
    session: Session, proposal: Proposal, *, reason: str, actor: Person, now: datetime
) -> None:
    """Take a waiting proposal back, so that another can be submitted."""
    _lock(session, proposal)
    _check_move(session, proposal, "withdraw", actor)
    if not reason:
        raise InvalidError("Say why you withdraw it.", field="reason")
    _move(session, proposal, ProposalState.WITHDRAWN)
    record(
        session, actor=actor, action="proposal.withdrawn", subject=f"proposal:{proposal.id}",
        before={"state": ProposalState.SUBMITTED}, after={"state": ProposalState.WITHDRAWN},
        reason=reason, now=now,
    )  # fmt: skip


def _known_answer(
    session: Session,
    proposal: Proposal,
    verdict: Verdict,
    action: str,
    actor: Person,
    now: datetime,
) -> Any:
    if not actor.may("proposals.decide"):
        raise NotAllowedError("Only Finance decides proposals.")
    if len(verdict.reason) > LONGEST_NOTE:
        raise InvalidError(f"Shorten the reason to {LONGEST_NOTE:,} characters.", field="reason")
    parameters: Mapping[str, Any] = {
        "proposal": proposal.id,
        "digest": verdict.digest,
        "reason": verdict.reason,
        "struck": sorted(verdict.struck),
    }
    if verdict.conditions:
        parameters = {**parameters, "terms": verdict.terms.digest}
    return once(session, verdict.request_key, actor, action, parameters, now=now)


def _lock(session: Session, proposal: Proposal) -> Cycle:
    cycle = lock_cycle(session, proposal.cycle_id)
    session.refresh(proposal, ["state", "version", "digest"], with_for_update=True)
    return cycle


def _check_move(session: Session, proposal: Proposal, action: str, actor: Person) -> Ground:
    move = move_of(action)
    ground = load_ground(session, proposal)
    barred = bar_on(
        move,
        state=proposal.state,
        may=actor.may(move.permission),
        hands=hands_of(actor.id, ground.hands),
        is_submitter=actor.id == proposal.submitted_by_id,
    )
    if barred is None:
        return ground
    if proposal.state is not move.from_state:
        raise ConflictError(barred)
    raise NotAllowedError(barred)


def _checked_snapshot(proposal: Proposal, verdict: Verdict) -> FrozenProposal:
    if verdict.digest != proposal.digest:
        raise StaleError(
            "This is not the version you looked at. Open the proposal again, look at its figures "
            "and then decide."
        )
    check_snapshot(proposal.snapshot, proposal.digest, proposal.round)
    return read_snapshot(proposal.snapshot)


def _struck_keys(proposal: Proposal, verdict: Verdict) -> frozenset[str]:
    by_id = {item.id: item.initiative.key for item in proposal.items}
    unknown = verdict.struck - by_id.keys()
    if unknown:
        raise InvalidError("Some of the items you struck are not in this proposal.", field="struck")
    if verdict.struck and len(verdict.struck) == len(by_id):
        raise InvalidError("You struck every item; return the proposal instead.", field="struck")
    if verdict.struck and not verdict.reason:
        raise InvalidError("Say why these items are left out.", field="reason")
    return frozenset(by_id[one] for one in verdict.struck)


def _refuse_inseparable(kept: Remainder) -> None:
    torn = [rule.sentence for rule in kept.broken if rule.is_inseparable]
    if torn:
        raise InvalidError(
            "What remains can't be delivered without what you struck. Strike what depends on it as "
            f"well, or keep it. Broken: {'; '.join(torn)}.",
            field="struck",
        )


def _refuse_changed(session: Session, frozen: FrozenProposal, struck: Collection[str]) -> None:
    """An initiative reopened since the submission is not what the approver looks at."""
    states = load_versions(session, [item.initiative_id for item in frozen.items])
    changed = [
        item.key
        for item in frozen.items
        if item.key not in struck
        and states.get(item.initiative_id) != (InitiativeState.CANDIDATE, item.version)
    ]
    if changed:
        raise InvalidError(
            f"{', '.join(changed[:5])} changed since this was submitted and is not what was "
            "proposed. Strike it, or return the proposal."
        )


def _refuse_begun(frozen: FrozenProposal, struck: Collection[str], today: date) -> None:
    """What waited until its start was over can't start then any more."""
    starts = {one.key: Quarter.parse(one.start) for one in frozen.items if one.key not in struck}
    over = over_sentences(starts, today)
    if over:
        raise InvalidError(" ".join([*over.values(), LEAVE_OUT]))


def _refuse_overdrawn(
    session: Session, cycle: Cycle, frozen: FrozenProposal, struck: Collection[str]
) -> None:
    if cycle.state is not CycleState.OPEN:
        raise ConflictError(f"{cycle.name} is not open; nothing can be approved in it.")
    if cycle.currency != frozen.cycle.currency:
        raise InvalidError(f"The cycle plans in {cycle.currency} now; return the proposal.")
    sentences = overdrawn_sentences(
        fund_budgets(cycle),
        bound=load_committed(session, cycle.id),
        asked=asked_of(frozen, struck),
        currency=cycle.currency,
    )
    if sentences:
        raise InvalidError(
            "The budgets do not cover this: " + " ".join(sentences)
            + " Strike items, or raise the budgets first."
        )  # fmt: skip


def _decide(
    session: Session, proposal: Proposal, kind: DecisionKind, verdict: Verdict, *,
    first: ApprovalSignature | None = None, actor: Person, now: datetime,
) -> Decision:  # fmt: skip
    """Write the decision; its guard looks at what is struck, so that comes first."""
    if verdict.struck:
        session.execute(
            update(ProposalItem)
            .where(ProposalItem.proposal_id == proposal.id, ProposalItem.id.in_(verdict.struck))
            .values(is_struck=True)
        )
    decision = Decision(
        proposal=proposal,
        kind=kind,
        reason=verdict.reason,
        digest=verdict.digest,
        decided_by_id=actor.id,
        decided_at=now,
        first_signature_id=first.id if first else None,
        terms_digest=None if kind is DecisionKind.RETURN else verdict.terms.digest,
    )
    session.add(decision)
    try:
        session.flush()
    except IntegrityError as error:
        raise refusal_of(error) from error
    return decision


def _move(session: Session, proposal: Proposal, to: ProposalState) -> None:
    """Leave the waiting state, once: nobody else can have moved it if one row answers."""
    moved = session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id, Proposal.state == ProposalState.SUBMITTED)
        .values(state=to, version=Proposal.version + 1)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", moved).rowcount != 1:
        raise ConflictError("Somebody else decided this proposal at the same moment.")
    session.refresh(proposal, ["state", "version"])
