"""Approvals above a limit: two people sign the same terms, and neither alone decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import ApprovalSignature, DecisionCondition, Proposal
from app.approvals.queries import Ground
from app.approvals.rules.limits import Terms, limit_of, needs_second, read_terms
from app.audit.services import record
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.values.written import day_words

MOST_CONDITIONS = 20
LONGEST_CONDITION = 1_000


class OtherTermsError(ConflictError):
    """Somebody signed other terms; both stand in the message."""


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether an approval can be carried out, and who signed the same terms before."""

    is_enough: bool
    first: ApprovalSignature | None


def checked_terms(
    proposal: Proposal, terms: Terms, signatures: Sequence[ApprovalSignature], *, today: date
) -> Terms:
    """The terms, where each condition says something about what is granted and is due yet.

    Who signs what another signed before keeps to its days, whatever the day is by now. Raises
    InvalidError with the row of what can't be asked.
    """
    is_signed = any(one.terms_digest == terms.digest for one in signatures)
    if len(terms.conditions) > MOST_CONDITIONS:
        raise InvalidError(f"State at most {MOST_CONDITIONS} conditions.", field="conditions")
    granted = {item.id for item in proposal.items} - terms.struck
    for place, one in enumerate(terms.conditions):
        if not one.text:
            raise InvalidError("Say what has to be met.", field=f"conditions-{place}-text")
        if len(one.text) > LONGEST_CONDITION:
            said = f"Shorten this to {LONGEST_CONDITION:,} characters."
            raise InvalidError(said, field=f"conditions-{place}-text")
        if one.item_id is not None and one.item_id not in granted:
            said = "Choose an item that is approved, or the whole plan."
            raise InvalidError(said, field=f"conditions-{place}-item_id")
        if one.due_on is not None and one.due_on < today and not is_signed:
            said = f"This day is over: choose {day_words(today)} or later."
            raise InvalidError(said, field=f"conditions-{place}-due_on")
    return terms


def consent_to(
    proposal: Proposal, ground: Ground, terms: Terms, granted_minor: int, *, actor: Person
) -> Consent:
    """Whether the actor's approval is enough: within their limit, or the second of two.

    Raises OtherTermsError if only other terms were signed, ConflictError if the actor signed.
    """
    others = [one for one in ground.signatures if one.person_id != actor.id]
    first = next((one for one in others if one.terms_digest == terms.digest), None)
    if first is not None:
        return Consent(True, first)
    if not needs_second(granted_minor, limit_of(actor.id, ground.limits)):
        return Consent(True, None)
    if others:
        raise OtherTermsError(_both(proposal, others[0], terms))
    if any(one.person_id == actor.id for one in ground.signatures):
        raise ConflictError(
            "You signed this already; a second approver has to sign the same terms. To change "
            "them, return the proposal."
        )
    return Consent(False, None)


def _both(proposal: Proposal, first: ApprovalSignature, terms: Terms) -> str:
    keys = {item.id: item.initiative.key for item in proposal.items}
    return (
        f"{first.person.name} signed other terms: {read_terms(first.terms).words(keys)}. "
        f"Yours: {terms.words(keys)}. Approve the same terms, or return the proposal."
    )


def sign(
    session: Session,
    proposal: Proposal,
    terms: Terms,
    granted_minor: int,
    *,
    reason: str,
    actor: Person,
    now: datetime,
) -> None:
    """Put the first of two signatures under the terms; the proposal waits on."""
    session.add(
        ApprovalSignature(
            proposal_id=proposal.id,
            person_id=actor.id,
            digest=proposal.digest,
            granted_minor=granted_minor,
            terms=terms.content,
            terms_digest=terms.digest,
            reason=reason,
            signed_at=now,
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise refusal_of(error) from error
    record(
        session, actor=actor, action="proposal.signed", subject=f"proposal:{proposal.id}",
        after={
            "digest": proposal.digest, "granted_minor": granted_minor,
            "terms": terms.content.decode(), "terms_digest": terms.digest,
        },
        reason=reason or None, now=now,
    )  # fmt: skip


def attach_conditions(session: Session, decision_id: int, terms: Terms) -> None:
    """Keep the conditions a decision comes with, in the order typed."""
    session.add_all(
        DecisionCondition(
            decision_id=decision_id,
            position=position,
            item_id=one.item_id,
            text=one.text,
            due_on=one.due_on,
        )
        for position, one in enumerate(terms.conditions, start=1)
    )
    session.flush()


def refusal_of(error: IntegrityError) -> Exception:
    """What the database's own guard refused, because something changed since we looked."""
    said = str(error.orig)
    if "had a hand in a proposal" in said:
        return NotAllowedError(
            "You cannot decide: you were given a part in this proposal at this moment. "
            "Somebody else in Finance has to."
        )
    if "Only Finance" in said:
        return NotAllowedError(
            "You cannot decide: your role or your access changed at this moment. Somebody else in "
            "Finance has to."
        )
    if "approval limit" in said or "first signature" in said:
        return ConflictError(
            "Approval limits or the first signature changed at this moment. Open the proposal "
            "again and look who has to sign."
        )
    if "as it waits" in said:
        return ConflictError("Somebody else decided this proposal at the same moment.")
    return error
