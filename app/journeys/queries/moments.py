"""Read what followed bad contacts of a journey, beside what followed good ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.journeys.models import InteractionMoment, InteractionMonth, Touchpoint
from app.journeys.queries.sums import COUNTED_SOURCES
from app.journeys.rules import Aftermath, Compared, MonthSpan


@dataclass(frozen=True, slots=True)
class Followed:
    """What followed the contacts of a journey by reason.

    ``keyed`` of its logged ``contacts`` name their customer; without any nothing can be told.
    """

    by_reason: Mapping[str, Compared]
    contacts: int
    keyed: int


def load_followed(session: Session, journey_id: int, span: MonthSpan) -> Followed:
    """What followed the contacts of these months, for everybody in the whole journey."""
    moments = InteractionMoment
    sums = (
        moments.contacts, moments.repeated, moments.escalated, moments.silent, moments.lost,
        moments.lost_alone,
    )  # fmt: skip
    rows = session.execute(
        select(moments.reason, moments.is_met, *(func.sum(one) for one in sums))
        .where(
            moments.journey_id == journey_id,
            moments.source_id.in_(COUNTED_SOURCES),
            moments.month >= span.first,
            moments.month < span.end,
        )
        .group_by(moments.reason, moments.is_met)
    )
    found: dict[str, Compared] = {}
    for reason, is_met, *counts in rows:
        one = Aftermath(*(int(count) for count in counts))
        side = Compared(met=one) if is_met else Compared(unmet=one)
        found[reason] = found.get(reason, Compared()) + side
    return Followed(found, *_contacts(session, journey_id, span))


def _contacts(session: Session, journey_id: int, span: MonthSpan) -> tuple[int, int]:
    """How many contacts are logged, and how many of them name their customer."""
    months = InteractionMonth
    query = (
        select(func.sum(months.contacts), func.sum(months.keyed))
        .join(Touchpoint, Touchpoint.id == months.touchpoint_id)
        .where(
            Touchpoint.journey_id == journey_id,
            months.source_id.in_(COUNTED_SOURCES),
            months.month >= span.first,
            months.month < span.end,
        )
    )
    contacts, keyed = session.execute(query).one()
    return int(contacts or 0), int(keyed or 0)
