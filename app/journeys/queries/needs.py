"""Read what the customers of a journey need."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.accounts.models import Person
from app.errors import NotFoundError
from app.journeys.models import CustomerNeed
from app.journeys.rules import Channel, NeedDraft, StatementDraft

_WHOLE = (
    selectinload(CustomerNeed.statements),
    joinedload(CustomerNeed.recorded_by).lazyload(Person.grants),
)


def list_needs(session: Session, journey_id: int) -> list[CustomerNeed]:
    """The needs on a journey by segment, those that hold first, with their evidence."""
    query = select(CustomerNeed).where(CustomerNeed.journey_id == journey_id).options(*_WHOLE)
    found = session.scalars(query.order_by(CustomerNeed.segment, CustomerNeed.id))
    return sorted(found, key=lambda need: need.retired_at is not None)


def get_need(session: Session, journey_id: int, need_id: int) -> CustomerNeed:
    """Give a need of the journey with its evidence. Raises NotFoundError."""
    need = session.scalar(
        select(CustomerNeed)
        .where(CustomerNeed.id == need_id, CustomerNeed.journey_id == journey_id)
        .options(*_WHOLE)
    )
    if need is None:
        raise NotFoundError("This journey has no such need.")
    return need


def need_draft(need: CustomerNeed) -> NeedDraft:
    """The draft of a need whose statements are loaded."""
    return NeedDraft(
        segment=need.segment,
        channels=tuple(Channel(word) for word in need.channels),
        statements={
            one.kind: StatementDraft(
                one.text, one.source, one.observed_on, one.sample_size, one.link
            )
            for one in need.statements
        },
    )
