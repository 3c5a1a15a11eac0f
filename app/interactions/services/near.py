"""Imports of one system beside each other: what a count looks at, and what a change makes stale.

A contact counts in its own import. What went before it and what followed it, a repeat or a loss,
may stand in another one: a system that writes a file a month is one log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.interactions import queries
from app.interactions.engine.mapping import Mapping
from app.interactions.engine.requests import NearLog
from app.interactions.services.lineage import logs_of, replaced_by
from app.interactions.services.store import LogStore
from app.journeys.models import InteractionSource
from app.journeys.rules import WATCH, month_of

STALE_WITHIN = 2 * WATCH
"""How far the days of imports may lie apart for one to matter to the other: a watch, and as long
again, since what is known of it ends where the log does."""


@dataclass(frozen=True, slots=True)
class Near:
    """Logs a count looks at beside its own, and the day to which their system's log goes on.

    ``journeys`` are the keys of all there are; None: nobody asked, moments stay with their words.
    """

    logs: tuple[NearLog, ...] = ()
    until: date | None = None
    journeys: tuple[str, ...] | None = None


ALONE = Near()


def near_to(session: Session, store: LogStore, source: InteractionSource) -> Near:
    """What a count of the source looks at; no logs of a warehouse, whose table is its whole log."""
    alone = Near(journeys=tuple(sorted(queries.load_journey_ids(session))))
    if source.address or source.first_on is None or source.last_on is None:
        return alone
    mapping = Mapping.model_validate(source.mapping)
    if mapping.customer is None:
        return alone
    others = [one for one in logs_of(session, mapping) if one.id != source.id]
    logs = tuple(
        NearLog(
            source_id=one.id, name=one.name, folder=_folder(store, one.id, one.digest),
            replaced=tuple(_folder(store, *later) for later in replaced_by(one)),
            journey=Mapping.model_validate(one.mapping).journey,
        )
        for one in others
        if _is_within(one, source.first_on, source.last_on, WATCH)
    )  # fmt: skip
    return Near(logs, goes_on_until(source.last_on, others), alone.journeys)


def _folder(store: LogStore, source_id: int, digest: str) -> str:
    return str(store.log_folder(source_id, digest).resolve())


def goes_on_until(last: date, others: list[InteractionSource]) -> date:
    """The last day of a system's log, as far as no whole month is missing after ``last``.

    Of a month nobody logged it is not known who stayed silent in it.
    """
    spans = [(one.first_on, one.last_on) for one in others if one.first_on and one.last_on]
    for first_on, last_on in sorted(spans):
        if first_on < month_of(last, later=2):
            last = max(last, last_on)
    return last


def stale_beside(
    session: Session, source: InteractionSource, *days: date | None
) -> list[InteractionSource]:
    """Imports of its system whose counts a change of the source's contacts makes stale.

    ``days`` are further ones on which it has or had contacts.
    """
    known = [day for day in (source.first_on, source.last_on, *days) if day is not None]
    mapping = Mapping.model_validate(source.mapping)
    if source.address or not known or mapping.customer is None:
        return []
    return [
        one
        for one in logs_of(session, mapping)
        if one.id != source.id and _is_within(one, min(known), max(known), STALE_WITHIN)
    ]


def _is_within(source: InteractionSource, first: date, last: date, reach: timedelta) -> bool:
    if source.first_on is None or source.last_on is None:
        return False
    return source.first_on - reach <= last and first <= source.last_on + reach
