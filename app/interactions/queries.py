"""Look at sources of interactions and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Person
from app.errors import NotFoundError
from app.interactions.engine.placing import Place, Spot
from app.interactions.models import LogMapping
from app.journeys.models import (
    InteractionErasure,
    InteractionMonth,
    InteractionSource,
    InteractionSuppression,
    Journey,
    Stage,
    Touchpoint,
)
from app.journeys.rules import SourceState
from app.values.names import by_name


def get_source(session: Session, source_id: int) -> InteractionSource:
    """Raises NotFoundError."""
    query = (
        select(InteractionSource)
        .where(InteractionSource.id == source_id)
        .options(
            joinedload(InteractionSource.imported_by).lazyload(Person.grants),
            joinedload(InteractionSource.removed_by).lazyload(Person.grants),
        )
    )
    source = session.scalar(query)
    if source is None:
        raise NotFoundError("There is no such source of interactions.")
    return source


def list_sources(session: Session) -> list[InteractionSource]:
    """Every source with who imported it, the newest first."""
    query = (
        select(InteractionSource)
        .options(joinedload(InteractionSource.imported_by).lazyload(Person.grants))
        .order_by(InteractionSource.id.desc())
    )
    return list(session.scalars(query))


def list_mappings(session: Session) -> list[LogMapping]:
    """The mappings people kept, by name, with who did."""
    query = (
        select(LogMapping)
        .options(joinedload(LogMapping.saved_by).lazyload(Person.grants))
        .order_by(LogMapping.id)
    )
    return by_name(session.scalars(query), lambda one: one.title)


def get_mapping(session: Session, mapping_id: int) -> LogMapping:
    """Raises NotFoundError."""
    kept = session.get(LogMapping, mapping_id)
    if kept is None:
        raise NotFoundError("There is no such mapping; it was removed.")
    return kept


def list_live_sources(session: Session) -> list[InteractionSource]:
    """Sources that were not removed, the oldest first."""
    query = (
        select(InteractionSource)
        .where(InteractionSource.state != SourceState.REMOVED)
        .order_by(InteractionSource.id)
    )
    return list(session.scalars(query))


def find_live_source(
    session: Session, *, digest: str, mapping_name: str
) -> InteractionSource | None:
    """The source that took this file in by this mapping, if it was not removed."""
    return session.scalar(
        select(InteractionSource).where(
            InteractionSource.digest == digest,
            InteractionSource.mapping_name == mapping_name,
            InteractionSource.state != SourceState.REMOVED,
        )
    )


def list_suppressed(session: Session) -> tuple[int, ...]:
    """Pseudonyms of erased customers, whose rows later logs leave out, in order."""
    query = select(InteractionSuppression.customer).order_by(InteractionSuppression.customer)
    return tuple(session.scalars(query))


def list_erasures(session: Session) -> list[InteractionErasure]:
    """Erasures that were begun and not ended, the oldest first, with their sources."""
    query = (
        select(InteractionErasure)
        .options(joinedload(InteractionErasure.source))
        .order_by(InteractionErasure.id)
    )
    return list(session.scalars(query))


def count_months(session: Session) -> dict[int, tuple[int, int]]:
    """By source: how many months it has contacts in, and how many contacts were placed."""
    query = select(
        InteractionMonth.source_id,
        func.count(InteractionMonth.month.distinct()),
        func.sum(InteractionMonth.contacts),
    ).group_by(InteractionMonth.source_id)
    return {one: (months, int(contacts)) for one, months, contacts in session.execute(query)}


@dataclass(frozen=True, slots=True)
class MonthSums:
    """What a source adds up to in one month, over all touchpoints."""

    month: date
    contacts: int
    keyed: int
    repeats: int
    judged: int
    unmet: int


def list_months(session: Session, source: InteractionSource) -> list[MonthSums]:
    """The months of a source, in order."""
    months = InteractionMonth
    query = (
        select(
            months.month, func.sum(months.contacts), func.sum(months.keyed),
            func.sum(months.repeats), func.sum(months.judged), func.sum(months.unmet),
        )
        .where(months.source_id == source.id)
        .group_by(months.month)
        .order_by(months.month)
    )  # fmt: skip
    return [
        MonthSums(month, *(int(value) for value in sums)) for month, *sums in session.execute(query)
    ]


def load_journey_ids(session: Session) -> dict[str, int]:
    """Every journey's id by its key."""
    return {key: id_ for id_, key in session.execute(select(Journey.id, Journey.key))}


def load_spots(session: Session) -> dict[Place, Spot]:
    """Every touchpoint by journey key, stage and channel."""
    query = (
        select(Journey.key, Stage.kind, Touchpoint.channel, Touchpoint.id, Journey.currency)
        .join(Touchpoint, Touchpoint.journey_id == Journey.id)
        .join(Stage, Stage.id == Touchpoint.stage_id)
    )
    return {
        (key, kind.value, channel.value): Spot(touchpoint_id, currency)
        for key, kind, channel, touchpoint_id, currency in session.execute(query)
    }
