"""Read the conditions of approvals and what of them is still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cache

from sqlalchemy import ScalarSelect, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Person
from app.approvals.models import (
    Commitment,
    ConditionSettlement,
    Decision,
    DecisionCondition,
    Proposal,
    ProposalItem,
    Tranche,
)
from app.approvals.rules.limits import ConditionHands
from app.errors import NotFoundError
from app.initiatives.models import Initiative
from app.initiatives.queries import MONEY_DECIDERS, load_former_owners

_WHOLE = (
    joinedload(DecisionCondition.item).joinedload(ProposalItem.initiative),
    joinedload(DecisionCondition.settlement)
    .joinedload(ConditionSettlement.settled_by)
    .lazyload(Person.grants),
)


def list_conditions(session: Session, decision_id: int) -> Sequence[DecisionCondition]:
    """The conditions of a decision with what settled them, in the order typed."""
    return session.scalars(
        select(DecisionCondition)
        .where(DecisionCondition.decision_id == decision_id)
        .options(*_WHOLE)
        .order_by(DecisionCondition.position)
    ).all()


def get_condition(session: Session, proposal_id: int, condition_id: int) -> DecisionCondition:
    """A condition of the decision on a proposal. Raises NotFoundError."""
    found = session.scalar(
        select(DecisionCondition)
        .join(DecisionCondition.decision)
        .where(DecisionCondition.id == condition_id, Decision.proposal_id == proposal_id)
        .options(*_WHOLE, joinedload(DecisionCondition.decision))
    )
    if found is None:
        raise NotFoundError("There is no such condition.")
    return found


def load_condition_hands(session: Session, condition: DecisionCondition) -> ConditionHands:
    """Who submitted the plan, and who owns, owned or proposed what the condition is about."""
    proposal_id = condition.decision.proposal_id
    about = (
        ProposalItem.is_struck.is_(False)
        if condition.item_id is None
        else ProposalItem.id == condition.item_id
    )
    rows = session.execute(
        select(Initiative.id, ProposalItem.owner_id, Initiative.owner_id, Initiative.created_by_id)
        .join(ProposalItem.initiative)
        .where(ProposalItem.proposal_id == proposal_id, about)
    ).all()
    former = load_former_owners(session, [row[0] for row in rows])
    return ConditionHands(
        submitted_by=session.scalars(
            select(Proposal.submitted_by_id).where(Proposal.id == proposal_id)
        ).one(),
        owners={person for row in rows for person in row[1:]}.union(*former.values()),
    )


def load_open_conditions(session: Session, tranches: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The texts of the conditions that keep each tranche from being released, by its id."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(_open_conditions(), {"ids": list(tranches)})
    for tranche_id, words in rows:
        found[tranche_id].append(words)
    return {id_: tuple(words) for id_, words in found.items()}


@cache
def _open_conditions() -> Select[int, str]:
    return (
        select(Tranche.id, DecisionCondition.text)
        .join(Commitment, Commitment.id == Tranche.commitment_id)
        .join(DecisionCondition, DecisionCondition.decision_id == Commitment.decision_id)
        .outerjoin(ProposalItem, ProposalItem.id == DecisionCondition.item_id)
        .outerjoin(DecisionCondition.settlement)
        .where(
            Tranche.id.in_(bindparam("ids", expanding=True)),
            ConditionSettlement.condition_id.is_(None),
            or_(
                DecisionCondition.item_id.is_(None),
                ProposalItem.initiative_id == Commitment.initiative_id,
            ),
        )
        .order_by(DecisionCondition.position)
    )


def count_open_conditions() -> ScalarSelect[int]:
    """How many conditions of the approval nobody has settled, of a hurdle in the query."""
    return (
        select(func.count(DecisionCondition.id))
        .outerjoin(DecisionCondition.settlement)
        .outerjoin(DecisionCondition.item)
        .where(
            DecisionCondition.decision_id == Commitment.decision_id,
            ConditionSettlement.condition_id.is_(None),
            or_(
                DecisionCondition.item_id.is_(None),
                ProposalItem.initiative_id == Commitment.initiative_id,
            ),
        )
        .correlate(Commitment)
        .scalar_subquery()
    )


def list_settlers(session: Session, initiative_id: int) -> Collection[int]:
    """Ids of who settled conditions on an initiative or its plan, and so never owns it."""
    return session.scalars(
        select(ConditionSettlement.settled_by_id)
        .join(ConditionSettlement.condition)
        .join(DecisionCondition.decision)
        .join(ProposalItem, ProposalItem.proposal_id == Decision.proposal_id)
        .where(
            ProposalItem.initiative_id == initiative_id,
            or_(
                DecisionCondition.item_id.is_(None),
                DecisionCondition.item_id == ProposalItem.id,
            ),
        )
    ).all()


MONEY_DECIDERS.append(list_settlers)
