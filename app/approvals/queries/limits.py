"""Read approval limits, signatures, and on whose hands an approval would rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Person
from app.accounts.queries import list_permitted
from app.approvals.models import ApprovalLimit, ApprovalSignature, Proposal, ProposalItem
from app.approvals.queries.proposals import hands_on
from app.approvals.rules import Hand, ProposalState
from app.approvals.rules.limits import LimitSet, limit_hands
from app.calendar.models import Cycle
from app.initiatives.queries import MONEY_DECIDERS

HISTORY_SHOWN = 50
"""How many limits the page lists of those that were set."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an approval stands on besides the plan: hands in it, limits, and earlier signatures.

    ``signatures`` are those that count: of people who may decide now and have free hands.
    """

    hands: Sequence[Hand]
    limits: Sequence[LimitSet]
    signatures: Sequence[ApprovalSignature]


def load_ground(session: Session, proposal: Proposal) -> Ground:
    """The ground of a proposal loaded whole; once it is decided only the hands noted then."""
    if proposal.state is not ProposalState.SUBMITTED:
        return Ground(hands_on(session, proposal), (), ())
    limits = load_limits(session, proposal.currency)
    hands = [*hands_on(session, proposal), *limit_hands(limits, proposal.submitted_at)]
    bound = {hand.person_id for hand in hands}
    signed = session.scalars(
        select(ApprovalSignature)
        .where(ApprovalSignature.proposal_id == proposal.id)
        .options(joinedload(ApprovalSignature.person))
        .order_by(ApprovalSignature.id)
    ).all()
    counting = [
        one for one in signed if one.person_id not in bound and one.person.may("proposals.decide")
    ]
    return Ground(hands, limits, counting)


def load_limits(session: Session, currency: str) -> list[LimitSet]:
    """Every limit ever set in a currency, in the order set."""
    rows = session.execute(
        select(
            ApprovalLimit.person_id, Person.name, ApprovalLimit.amount_minor,
            ApprovalLimit.set_by_id, ApprovalLimit.set_at,
        )
        .join(ApprovalLimit.person)
        .where(ApprovalLimit.currency == currency)
        .order_by(ApprovalLimit.id)
    )  # fmt: skip
    return [LimitSet(*row) for row in rows]


def list_limit_history(session: Session, currency: str) -> Sequence[ApprovalLimit]:
    """The limits set last in a currency, the newest first, with their people."""
    return session.scalars(
        select(ApprovalLimit)
        .where(ApprovalLimit.currency == currency)
        .options(
            joinedload(ApprovalLimit.person).lazyload(Person.grants),
            joinedload(ApprovalLimit.set_by).lazyload(Person.grants),
        )
        .order_by(ApprovalLimit.id.desc())
        .limit(HISTORY_SHOWN)
    ).all()


def list_approvers(session: Session) -> list[tuple[int, str]]:
    """Id and name of everybody whose role decides proposals, by name."""
    return list_permitted(session, "proposals.decide")


def list_currencies(session: Session) -> list[str]:
    """The currencies that cycles plan in, that of the latest cycle first."""
    found = session.scalars(
        select(Cycle.currency).order_by(Cycle.starts_on.desc(), Cycle.id.desc())
    )
    return list(dict.fromkeys(found))


def count_unlimited(session: Session) -> int:
    """How many approvers approve any amount alone in some currency that cycles plan in."""
    approvers, currencies = list_approvers(session), list_currencies(session)
    limited = {
        currency: {
            one.person_id: one.amount_minor for one in load_limits(session, currency)
        }
        for currency in currencies
    }  # fmt: skip
    return sum(
        any(limited[currency].get(id_) is None for currency in currencies) for id_, _ in approvers
    )


def find_signature(session: Session, signature_id: int | None) -> ApprovalSignature | None:
    """The first signature a decision names, with its person."""
    if signature_id is None:
        return None
    return session.scalar(
        select(ApprovalSignature)
        .where(ApprovalSignature.id == signature_id)
        .options(joinedload(ApprovalSignature.person).lazyload(Person.grants))
    )


def list_signers(session: Session, initiative_id: int) -> Collection[int]:
    """Ids of who signed for plans an initiative was in, and so never owns it."""
    return session.scalars(
        select(ApprovalSignature.person_id)
        .join(ProposalItem, ProposalItem.proposal_id == ApprovalSignature.proposal_id)
        .where(ProposalItem.initiative_id == initiative_id)
    ).all()


MONEY_DECIDERS.append(list_signers)
