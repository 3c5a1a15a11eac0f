"""Imports beside each other: what a count looks at, and what a change makes stale.

A contact counts in its own import. What went before it and what followed it, a repeat or a loss,
may stand in another one: a system writes a file a month, and a customer who complains on the
website phones four days later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.interactions import queries
from app.interactions.engine.mapping import Mapping
from app.interactions.engine.requests import NearLog
from app.interactions.services.lineage import is_of_system, logs_beside, replaced_by
from app.interactions.services.store import LogStore
from app.journeys.models import InteractionSource
from app.journeys.rules import WATCH, month_of

STALE_WITHIN = 2 * WATCH
"""How far the days of imports of one system may lie apart for one to matter to the other: a watch,
and as long again, since what is known of it ends where the system's log does. Of imports of two
systems it is the watch alone."""


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
    """What a count of the source looks at: all local logs of its journeys and of its system.

    Nothing beside the table of a warehouse, which is not ours to read with others.
    """
    alone = Near(journeys=tuple(sorted(queries.load_journey_ids(session))))
    if source.address or source.first_on is None or source.last_on is None:
        return alone
    mapping = Mapping.model_validate(source.mapping)
    others = [one for one in logs_beside(session, mapping) if one.id != source.id]
    of_system = [one for one in others if is_of_system(one, mapping)]
    logs = tuple(
        NearLog(
            source_id=one.id, name=one.name, folder=_folder(store, one.id, one.digest),
            replaced=tuple(_folder(store, *later) for later in replaced_by(one)),
            journey=Mapping.model_validate(one.mapping).journey, is_other=one not in of_system,
        )
        for one in others
        if _is_within(one, source.first_on, source.last_on, WATCH)
    )  # fmt: skip
    until = goes_on_until(source.last_on, of_system) if mapping.customer else None
    return Near(logs, until, alone.journeys)


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
    """Imports whose counts a change of the source's contacts makes stale.

    ``days`` are further ones on which it has or had contacts.
    """
    known = [day for day in (source.first_on, source.last_on, *days) if day is not None]
    mapping = Mapping.model_validate(source.mapping)
    if source.address or not known:
        return []
    return [
        one
        for one in logs_beside(session, mapping)
        if one.id != source.id and _is_within(one, min(known), max(known), _reach(one, mapping))
    ]


def _reach(source: InteractionSource, mapping: Mapping) -> timedelta:
    return STALE_WITHIN if is_of_system(source, mapping) else WATCH


def _is_within(source: InteractionSource, first: date, last: date, reach: timedelta) -> bool:
    if source.first_on is None or source.last_on is None:
        return False
    return source.first_on - reach <= last and first <= source.last_on + reach
