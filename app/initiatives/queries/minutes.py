"""Read how long a contact takes customers, for the pools whose effects spare contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.journeys.models import Baseline, Journey, Touchpoint, TouchpointFigure
from app.journeys.rules import weighted_mean


@dataclass(frozen=True, slots=True)
class Volume:
    """Which contacts a pool counts: those of ``touchpoints`` in baseline ``number`` where its
    volume is bound to them, and nobody knows which of the journey where it was typed."""

    journey_id: int
    number: int | None = None
    touchpoints: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MinutesPerContact:
    """How long a contact takes customers by a baseline, the mean weighted by contacts.

    ``places`` are the touchpoints the pool's volume is bound to; without any it is the mean of all.
    """

    minutes: Decimal
    baseline: int
    journey: str
    places: tuple[str, ...] = ()


class _Figure(NamedTuple):
    name: str
    journey: str
    contacts: Decimal
    minutes: Decimal


def load_minutes(session: Session, volumes: Mapping[int, Volume]) -> dict[int, MinutesPerContact]:
    """Minutes per contact by pool id, in one query; none where nobody measured contacts there.

    A bound volume is asked of the baseline it was taken from, a typed one of the newest.
    """
    if not volumes:
        return {}
    figures: dict[tuple[int, int], dict[int, _Figure]] = {}
    newest: dict[int, int] = {}
    for journey_id, number, touchpoint_id, *rest in _rows(session, volumes.values()):
        figures.setdefault((journey_id, number), {})[touchpoint_id] = _Figure(*rest)
        newest[journey_id] = max(number, newest.get(journey_id, number))
    found = {}
    for pool_id, volume in volumes.items():
        number = volume.number or newest.get(volume.journey_id, 0)
        measured = figures.get((volume.journey_id, number), {})
        wanted = [measured[id_] for id_ in volume.touchpoints or measured if id_ in measured]
        minutes = weighted_mean((one.minutes, one.contacts) for one in wanted)
        if minutes is not None:
            places = tuple(one.name for one in wanted) if volume.touchpoints else ()
            found[pool_id] = MinutesPerContact(minutes, number, wanted[0].journey, places)
    return found


def _rows(session: Session, volumes: Iterable[Volume]) -> Iterable[Any]:
    journeys = {one.journey_id for one in volumes}
    numbers = {one.number for one in volumes if one.number is not None}
    newest = (
        select(Baseline.journey_id, func.max(Baseline.number).label("number"))
        .where(Baseline.journey_id.in_(journeys))
        .group_by(Baseline.journey_id)
        .subquery()
    )
    return session.execute(
        select(
            Baseline.journey_id, Baseline.number, Touchpoint.id, Touchpoint.name, Journey.key,
            TouchpointFigure.contacts_per_year, TouchpointFigure.minutes_per_contact,
        )
        .join(Journey, Journey.id == Baseline.journey_id)
        .join(newest, newest.c.journey_id == Baseline.journey_id)
        .join(TouchpointFigure, TouchpointFigure.baseline_id == Baseline.id)
        .join(Touchpoint, Touchpoint.id == TouchpointFigure.touchpoint_id)
        .where(or_(Baseline.number == newest.c.number, Baseline.number.in_(numbers)))
        .order_by(Touchpoint.id)
    )  # fmt: skip
