"""Read what followed bad contacts of a journey, beside what followed good ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.journeys.models import (
    InteractionMoment,
    InteractionMonth,
    InteractionSource,
    Touchpoint,
)
from app.journeys.queries.sums import COUNTED_SOURCES
from app.journeys.rules import Aftermath, Compared, MonthSpan
from app.values.names import by_name


@dataclass(frozen=True, slots=True)
class FollowedSystem:
    """A system whose logs name their customers, as its latest import was counted.

    Of its ``customers`` so many were found ``elsewhere``, in logs of other systems; None where no
    other one was looked into. ``is_stale``: it was counted before others were looked into at all.
    """

    name: str
    is_warehouse: bool
    customers: int | None = None
    elsewhere: int | None = None
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """What followed the contacts of a journey by reason.

    ``keyed`` of its logged ``contacts`` name their customer; without any nothing can be told.
    Customers are followed through the ``systems``, each warehouse by itself.
    """

    by_reason: Mapping[str, Compared]
    contacts: int
    keyed: int
    systems: Sequence[FollowedSystem] = ()


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
    return Followed(
        found, *_contacts(session, journey_id, span), _systems(session, journey_id, span)
    )


def _contacts(session: Session, journey_id: int, span: MonthSpan) -> tuple[int, int]:
    """How many contacts are logged, and how many of them name their customer."""
    months = InteractionMonth
    query = (
        select(func.sum(months.contacts), func.sum(months.keyed))
        .join(Touchpoint, Touchpoint.id == months.touchpoint_id)
        .where(*_logged(journey_id, span))
    )
    contacts, keyed = session.execute(query).one()
    return int(contacts or 0), int(keyed or 0)


def _logged(journey_id: int, span: MonthSpan) -> tuple[ColumnElement[bool], ...]:
    return (
        Touchpoint.journey_id == journey_id,
        InteractionMonth.source_id.in_(COUNTED_SOURCES),
        InteractionMonth.month >= span.first,
        InteractionMonth.month < span.end,
    )


def _systems(session: Session, journey_id: int, span: MonthSpan) -> tuple[FollowedSystem, ...]:
    """The systems whose contacts these months have, by name, each as its latest import has it."""
    logged = (
        select(InteractionMonth.source_id)
        .join(Touchpoint, Touchpoint.id == InteractionMonth.touchpoint_id)
        .where(*_logged(journey_id, span), InteractionMonth.keyed > 0)
    )
    source = InteractionSource
    rows = session.execute(
        select(source.mapping, source.mapping_name, source.address, source.lineage)
        .where(source.id.in_(logged))
        .order_by(source.last_on, source.id)
    )
    found = {}
    for mapping, mapping_name, address, lineage in rows:
        name = " ".join(str(mapping.get("source") or mapping_name).split())
        found[name.casefold(), bool(address)] = _system(name, bool(address), lineage or {})
    return tuple(by_name(found.values(), lambda one: one.name))


def _system(name: str, is_warehouse: bool, lineage: Mapping[str, Any]) -> FollowedSystem:
    return FollowedSystem(
        name, is_warehouse, lineage.get("customers"), lineage.get("elsewhere"),
        is_stale="elsewhere" not in lineage,
    )  # fmt: skip
