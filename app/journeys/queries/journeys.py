"""Read journeys, their baselines and pools, and ask later stations who acts on a touchpoint."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Session,
    contains_eager,
    joinedload,
    lazyload,
    selectinload,
)
from sqlalchemy.sql.base import ExecutableOption

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import WORKING_ROLES
from app.errors import NotFoundError
from app.journeys.models import (
    Baseline,
    ControlTotal,
    Journey,
    LeverPool,
    PoolInput,
    Stage,
    Touchpoint,
    TouchpointFigure,
)
from app.journeys.rules import (
    Lever,
    Measured,
    PoolState,
)
from app.values.names import by_name


class Acting(NamedTuple):
    """An initiative that changes a touchpoint, as its own station describes it."""

    key: str
    name: str
    state: str
    tone: str
    is_live: bool
    note: str = ""


TouchpointCover = Callable[[Session, int | None], Mapping[int, list[Acting]]]

TOUCHPOINT_COVERS: list[TouchpointCover] = []
"""Later stations append who acts where: (session, journey id or None for all) → by touchpoint id.

``Acting.is_live`` says whether it counts as covering: a candidate, approved or sustained.
"""


@dataclass(frozen=True, slots=True)
class JourneyState:
    """A journey as lists show it: its last baseline and its pools, without the pages behind."""

    journey: Journey
    baseline: Baseline | None
    figures: Mapping[int, Measured]
    pools: list[LeverPool]


def _named(person: InstrumentedAttribute[Any]) -> Any:
    """Load a person for their name only; what they may do loads itself when it is asked."""
    return joinedload(person).lazyload(Person.grants)


_WITH_POOLS = selectinload(Journey.pools).options(
    selectinload(LeverPool.inputs),
    _named(LeverPool.owner),
    _named(LeverPool.claimed_by),
    _named(LeverPool.certified_by),
    joinedload(LeverPool.cost_centre).joinedload(ControlTotal.owner).lazyload(Person.grants),
)


def get_journey(session: Session, key: str) -> Journey:
    """Give a journey with owner, stages, touchpoints, baselines (no figures) and pools.

    Raises NotFoundError.
    """
    return _found(
        session,
        key,
        _named(Journey.owner),
        selectinload(Journey.stages),
        selectinload(Journey.touchpoints).joinedload(Touchpoint.stage),
        selectinload(Journey.baselines).options(_named(Baseline.recorded_by)),
        _WITH_POOLS,
    )


def get_journey_map(session: Session, key: str) -> Journey:
    """Give a journey with owner, stages, touchpoints, baselines and pools without their inputs.

    Raises NotFoundError.
    """
    return _found(
        session,
        key,
        _named(Journey.owner),
        joinedload(Journey.stages),
        selectinload(Journey.touchpoints).joinedload(Touchpoint.stage),
        selectinload(Journey.baselines),
        selectinload(Journey.pools),
    )


def get_journey_places(session: Session, key: str) -> Journey:
    """Give a journey with its touchpoints, their stages and its baselines (no figures).

    Raises NotFoundError.
    """
    return _found(
        session,
        key,
        selectinload(Journey.touchpoints).joinedload(Touchpoint.stage),
        selectinload(Journey.baselines),
    )


def get_journey_versions(session: Session, key: str) -> Journey:
    """Give a journey with its baselines and who recorded them only. Raises NotFoundError."""
    return _found(
        session, key, selectinload(Journey.baselines).options(_named(Baseline.recorded_by))
    )


def get_journey_with_pools(session: Session, key: str) -> Journey:
    """Give a journey with its pools only. Raises NotFoundError."""
    return _found(session, key, _WITH_POOLS)


def _found(session: Session, key: str, *options: ExecutableOption) -> Journey:
    query = select(Journey).where(Journey.key == key).options(*options)
    journey = session.scalars(query).unique().one_or_none()
    if journey is None:
        raise NotFoundError("There is no such journey, or it was removed.")
    return journey


def load_figures(session: Session, baseline_ids: Iterable[int]) -> dict[int, dict[int, Measured]]:
    """The figures of baselines by baseline id, then by touchpoint id."""
    wanted = list(baseline_ids)
    found: dict[int, dict[int, Measured]] = {baseline_id: {} for baseline_id in wanted}
    if not wanted:
        return found
    query = select(TouchpointFigure).where(TouchpointFigure.baseline_id.in_(wanted))
    for figure in session.scalars(query):
        found[figure.baseline_id][figure.touchpoint_id] = measured(figure)
    return found


def measured(figure: TouchpointFigure) -> Measured:
    """A stored figure as a pure value."""
    return Measured(
        contacts_per_year=figure.contacts_per_year,
        satisfaction=figure.satisfaction,
        satisfaction_target=figure.satisfaction_target,
        importance=figure.importance,
        cost_per_contact_minor=figure.cost_per_contact_minor,
        minutes_per_contact=figure.minutes_per_contact,
        unmet_share=figure.unmet_share,
    )


def list_journeys(session: Session) -> list[Journey]:
    """Give all journeys with their owners, those in use first, by name."""
    query = select(Journey).options(_named(Journey.owner))
    listed = by_name(session.scalars(query.order_by(Journey.id)), lambda one: one.name)
    return sorted(listed, key=lambda one: not one.is_in_use)


def list_journey_states(session: Session) -> list[JourneyState]:
    """Give all journeys with their last baselines, its figures and their pools."""
    journeys = list_journeys(session)
    baselines = _last_baselines(session)
    figures = load_figures(session, [baseline.id for baseline in baselines.values()])
    pools: dict[int, list[LeverPool]] = {}
    for pool in session.scalars(select(LeverPool).order_by(LeverPool.lever)):
        pools.setdefault(pool.journey_id, []).append(pool)
    return [
        JourneyState(
            journey=journey,
            baseline=(last := baselines.get(journey.id)),
            figures=figures[last.id] if last else {},
            pools=pools.get(journey.id, []),
        )
        for journey in journeys
    ]


def _last_baselines(session: Session) -> dict[int, Baseline]:
    newest = (
        select(Baseline.journey_id, func.max(Baseline.number).label("number"))
        .group_by(Baseline.journey_id)
        .subquery()
    )
    query = select(Baseline).join(
        newest,
        (Baseline.journey_id == newest.c.journey_id) & (Baseline.number == newest.c.number),
    )
    return {baseline.journey_id: baseline for baseline in session.scalars(query)}


def acting_on(session: Session, journey_id: int | None = None) -> dict[int, list[Acting]]:
    """Who acts on the touchpoints of a journey, or of all, by touchpoint id."""
    acting: dict[int, list[Acting]] = {}
    for cover in TOUCHPOINT_COVERS:
        for touchpoint_id, found in cover(session, journey_id).items():
            acting.setdefault(touchpoint_id, []).extend(found)
    return acting


def load_visible_places(session: Session, ids: Collection[int]) -> dict[int, Touchpoint]:
    """The given touchpoints with their stages by id, without those of hidden stages."""
    if not ids:
        return {}
    query = (
        select(Touchpoint)
        .join(Touchpoint.stage)
        .where(Touchpoint.id.in_(ids), ~Stage.is_hidden)
        .options(contains_eager(Touchpoint.stage))
    )
    return {one.id: one for one in session.scalars(query)}


def retain_shares(session: Session, segment: str) -> dict[int, tuple[Decimal, PoolState]]:
    """The share of the segment's churn each retain pool claims and its state, by pool id.

    A segment is the same in small and capital letters. Databases differ in which letters they know
    as such, so it is compared here; there is one retain pool a journey at most.
    """
    query = (
        select(LeverPool.id, PoolInput.value, LeverPool.state, Journey.segment)
        .join(PoolInput, PoolInput.pool_id == LeverPool.id)
        .join(Journey, Journey.id == LeverPool.journey_id)
        .where(
            LeverPool.lever == Lever.RETAIN,
            PoolInput.symbol == "s",
            or_(Journey.is_in_use, LeverPool.state == PoolState.CERTIFIED),
        )
    )
    return {
        pool_id: (share, state)
        for pool_id, share, state, named in session.execute(query)
        if named.casefold() == segment.casefold()
    }


def touchpoints_ever_measured(session: Session, journey_id: int) -> set[int]:
    """The touchpoints of a journey that any baseline has figures of."""
    query = (
        select(TouchpointFigure.touchpoint_id)
        .join(Touchpoint, Touchpoint.id == TouchpointFigure.touchpoint_id)
        .where(Touchpoint.journey_id == journey_id)
    )
    return set(session.scalars(query))


def list_possible_owners(session: Session) -> list[Person]:
    """Everybody active who does more than look, by name."""
    working = Person.grants.any(RoleGrant.is_in_force & RoleGrant.role.in_(WORKING_ROLES))
    query = select(Person).where(Person.is_active, working).order_by(Person.id)
    query = query.options(lazyload(Person.grants))
    return by_name(session.scalars(query), lambda one: one.name)
