"""Read which initiatives under way need another one, and what of it they no longer get."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.approvals.models import Commitment, LedgerTransfer, Tranche
from app.approvals.rules import CommitmentState, LedgerAccount, TransferKind
from app.initiatives.models import Dependency, Initiative
from app.initiatives.queries import LOST_NEEDS
from app.roadmap.models import HurdleDecision
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.needed import LostNeed


def dependants(*columns: Any) -> Select[Any]:
    """Dependencies of initiatives under way, each with the commitment its money stands in."""
    return (
        select(*columns)
        .select_from(Dependency)
        .join(Commitment, Commitment.initiative_id == Dependency.initiative_id)
        .where(Commitment.state == CommitmentState.ACTIVE)
    )


def held_of(commitment: type[Commitment]) -> ScalarSelect[int]:
    """What is committed and not released of a commitment in the query around it, minor units."""
    amount = LedgerTransfer.amount_minor
    moved = case(
        (LedgerTransfer.credit == LedgerAccount.COMMITTED, amount),
        (LedgerTransfer.debit == LedgerAccount.COMMITTED, -amount),
        else_=0,
    )
    return (
        select(func.coalesce(func.sum(moved), 0))
        .where(LedgerTransfer.commitment_id == commitment.id)
        .correlate(commitment)
        .scalar_subquery()
    )


def gone_needs(*columns: Any) -> Select[Any]:
    """Dependencies of initiatives under way on what is gone, with the decision that ended it.

    Gone is what was stopped, or finished early before any of its money was released, unless it was
    approved again later.
    """
    again, mine = aliased(Commitment), aliased(Commitment)
    was_released = exists().where(
        LedgerTransfer.commitment_id == Commitment.id, LedgerTransfer.kind == TransferKind.RELEASE
    )
    was_approved_again = exists().where(
        again.initiative_id == Commitment.initiative_id, again.id > Commitment.id
    )
    is_under_way = exists().where(
        mine.initiative_id == Dependency.initiative_id, mine.state == CommitmentState.ACTIVE
    )
    is_gone = or_(
        HurdleDecision.action == HurdleAction.STOP,
        and_(HurdleDecision.action == HurdleAction.FINISH, ~was_released),
    )
    return (
        select(*columns)
        .select_from(Dependency)
        .join(Commitment, Commitment.initiative_id == Dependency.needs_id)
        .join(Tranche, Tranche.commitment_id == Commitment.id)
        .join(HurdleDecision, HurdleDecision.tranche_id == Tranche.id)
        .where(is_gone, ~was_approved_again, is_under_way)
    )


def load_lost_needs(
    session: Session, initiative_ids: Collection[int] | None = None
) -> Mapping[str, tuple[LostNeed, ...]]:
    """What initiatives under way need and no longer get, by their keys; None asks for all."""
    whose = aliased(Initiative)
    query = (
        gone_needs(
            whose.key, Initiative.key, Initiative.title, HurdleDecision.action,
            HurdleDecision.decided_at,
        )
        .join(whose, whose.id == Dependency.initiative_id)
        .join(Initiative, Initiative.id == Dependency.needs_id)
        .order_by(func.length(Initiative.key), Initiative.key)
    )  # fmt: skip
    if initiative_ids is not None:
        query = query.where(Dependency.initiative_id.in_(initiative_ids))
    found: dict[str, tuple[LostNeed, ...]] = {}
    for by, *lost in session.execute(query):
        found[by] = (*found.get(by, ()), lost_need(*lost))
    return found


def lost_need(key: str, title: str, action: HurdleAction, at: datetime) -> LostNeed:
    """What is gone, from the decision that ended it."""
    return LostNeed(key, title, action is HurdleAction.FINISH, at.date())


def gone_key() -> ScalarSelect[str | None]:
    """The key of something gone that the initiative in the query around it needs."""
    needed = aliased(Initiative)
    return (
        gone_needs(func.min(needed.key))
        .join(needed, needed.id == Dependency.needs_id)
        .where(Dependency.initiative_id == Initiative.id)
        .correlate(Initiative)
        .scalar_subquery()
    )


def find_lost_needs(session: Session, initiative_id: int) -> tuple[LostNeed, ...]:
    """What one initiative under way needs and no longer gets."""
    return next(iter(load_lost_needs(session, [initiative_id]).values()), ())


def lost_sentences(session: Session, initiative_id: int) -> Sequence[str]:
    """The same in words, for the page of the initiative."""
    return [one.sentence for one in find_lost_needs(session, initiative_id)]


LOST_NEEDS.append(lost_sentences)
