"""Read what findings are worked out from, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Select, Text, and_, case, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Tranche
from app.approvals.rules import CommitmentState, TrancheState
from app.initiatives.models import (
    Criterion,
    Dependency,
    Effect,
    Initiative,
    Milestone,
    Option,
    TargetBehaviour,
)
from app.initiatives.queries import list_units
from app.initiatives.rules import IN_PORTFOLIO
from app.journeys.models import (
    Baseline,
    CustomerNeed,
    Journey,
    LeverPool,
    Stage,
    Touchpoint,
    TouchpointFigure,
)
from app.journeys.queries import claims_on_pools, load_stale_baselines, measured
from app.journeys.rules import PoolStake, PoolState, journey_stake
from app.reviews.rules.findings import (
    BehaviourFacts,
    HurdleFacts,
    InitiativeFacts,
    JourneyFacts,
    PortfolioFacts,
)
from app.roadmap.queries.needed import load_lost_needs
from app.roadmap.rules.needed import LostNeed
from app.values.money import Money
from app.values.names import by_name


def load_portfolio_facts(
    session: Session, *, cycle_id: int | None, today: date, limit_days: int
) -> PortfolioFacts:
    """The whole portfolio, of which the initiatives of one cycle or all are judged.

    ``limit_days``: how old a baseline may be.
    """
    parts = _load_parts(session, today)
    rows = session.execute(_initiatives()).all()
    lost = load_lost_needs(session)
    known = {row.id: _initiative(row, parts[row.id], lost.get(row.key, ())) for row in rows}
    stale = load_stale_baselines(session, today=today, limit_days=limit_days)
    return PortfolioFacts(
        initiatives=tuple(known.values()),
        judged=tuple(known[row.id] for row in rows if cycle_id in (None, row.cycle_id)),
        journeys=_load_journeys(session),
        units=tuple((unit.id, unit.name) for unit in list_units(session)),
        stale=tuple(stale.barring),
    )


@dataclass(slots=True)
class _Parts:
    """What belongs to one initiative."""

    pools: set[int] = field(default_factory=set)
    needs: set[int] = field(default_factory=set)
    behaviours: list[BehaviourFacts] = field(default_factory=list)
    criteria: int = 0
    hurdles: list[HurdleFacts] = field(default_factory=list)


def _initiatives() -> Select[*tuple[Any, ...]]:
    """Everything in the portfolio by key, with its owner and what is committed to it."""
    committed = (
        select(
            Commitment.initiative_id, func.sum(Commitment.amount_minor).label("minor"),
            func.max(case((Commitment.state == CommitmentState.ACTIVE, 1), else_=0)).label("on"),
        )
        .where(Commitment.state != CommitmentState.STOPPED)
        .group_by(Commitment.initiative_id)
        .subquery()
    )  # fmt: skip
    return (
        select(
            Initiative.id, Initiative.key, Initiative.title, Initiative.unit, Initiative.lens,
            Initiative.currency, Initiative.cost_minor, Initiative.cycle_id,
            Initiative.journey_id, Person.name.label("owner"), Person.is_active,
            committed.c.minor.label("committed"), committed.c.on.label("is_under_way"),
        )
        .join(Person, Person.id == Initiative.owner_id)
        .outerjoin(committed, committed.c.initiative_id == Initiative.id)
        .where(Initiative.state.in_(IN_PORTFOLIO))
        .order_by(func.length(Initiative.key), Initiative.key)
    )  # fmt: skip


def _initiative(row: Any, parts: _Parts, lost: tuple[LostNeed, ...]) -> InitiativeFacts:
    planned = row.cost_minor if row.committed is None else int(row.committed)
    return InitiativeFacts(
        id=row.id,
        key=row.key,
        title=row.title,
        unit=row.unit,
        lens=row.lens,
        cost=Money(planned, row.currency),
        owner=row.owner,
        has_owner=row.is_active,
        journey=row.journey_id,
        pools=frozenset(parts.pools),
        needs=frozenset(parts.needs),
        behaviours=tuple(parts.behaviours),
        criteria=parts.criteria,
        hurdles=tuple(parts.hurdles),
        is_under_way=bool(row.is_under_way),
        lost=lost,
    )


def _load_parts(session: Session, today: date) -> dict[int, _Parts]:
    """Pools, needs, behaviours, criteria and hurdles in trouble by initiative, in one query.

    Rows: (kind, initiative id, number, words, flag, day).
    """
    statement = union_all(_pools(), _needs(), _behaviours(), _criteria(), _hurdles(today))
    found: dict[int, _Parts] = defaultdict(_Parts)
    rows = sorted(session.execute(statement), key=lambda row: (row[0], row[1], row[2]))
    for kind, initiative_id, number, words, flag, day in rows:
        parts = found[initiative_id]
        if kind == "pool":
            parts.pools.add(number)
        elif kind == "need":
            parts.needs.add(number)
        elif kind == "behaviour":
            parts.behaviours.append(BehaviourFacts(words, bool(flag)))
        elif kind == "criteria":
            parts.criteria = number
        else:
            parts.hurdles.append(HurdleFacts(number, words, day, bool(flag)))
    return found


_IS_IN = Initiative.state.in_(IN_PORTFOLIO)
_NO_WORDS = cast(null(), Text)
_NO_DAY = cast(null(), Date)
_NO_FLAG = literal(False)


def _pools() -> Select[*tuple[Any, ...]]:
    return (
        select(literal("pool"), Option.initiative_id, Effect.pool_id, _NO_WORDS, _NO_FLAG, _NO_DAY)
        .select_from(Effect)
        .join(Option, Option.id == Effect.option_id)
        .join(Initiative, Initiative.id == Option.initiative_id)
        .where(_IS_IN)
        .distinct()
    )


def _needs() -> Select[*tuple[Any, ...]]:
    return (
        select(
            literal("need"), Dependency.initiative_id, Dependency.needs_id, _NO_WORDS, _NO_FLAG,
            _NO_DAY,
        )
        .join(Initiative, Initiative.id == Dependency.initiative_id)
        .where(_IS_IN)
    )  # fmt: skip


def _behaviours() -> Select[*tuple[Any, ...]]:
    serves = and_(CustomerNeed.id.is_not(None), CustomerNeed.retired_at.is_(None))
    return (
        select(
            literal("behaviour"), TargetBehaviour.initiative_id, TargetBehaviour.id,
            TargetBehaviour.description, serves, _NO_DAY,
        )
        .join(Initiative, Initiative.id == TargetBehaviour.initiative_id)
        .outerjoin(CustomerNeed, CustomerNeed.id == TargetBehaviour.need_id)
        .where(_IS_IN)
    )  # fmt: skip


def _criteria() -> Select[*tuple[Any, ...]]:
    return (
        select(
            literal("criteria"), Milestone.initiative_id, func.count(), _NO_WORDS, _NO_FLAG,
            _NO_DAY,
        )
        .select_from(Criterion)
        .join(Milestone, Milestone.id == Criterion.milestone_id)
        .join(Initiative, Initiative.id == Milestone.initiative_id)
        .where(_IS_IN)
        .group_by(Milestone.initiative_id)
    )  # fmt: skip


def _hurdles(today: date) -> Select[*tuple[Any, ...]]:
    is_late = and_(Tranche.state == TrancheState.PENDING, Tranche.due_on < today)
    is_held = Tranche.state == TrancheState.HELD
    return (
        select(
            literal("hurdle"), Commitment.initiative_id, Tranche.id, Milestone.name, is_held,
            Tranche.due_on,
        )
        .join(Commitment, Commitment.id == Tranche.commitment_id)
        .join(Milestone, Milestone.id == Tranche.milestone_id)
        .join(Initiative, Initiative.id == Commitment.initiative_id)
        .where(_IS_IN, is_late | is_held)
    )  # fmt: skip


def _load_journeys(session: Session) -> tuple[JourneyFacts, ...]:
    """The journeys in use by name, with what is at stake and addressed."""
    strengths = claims_on_pools(session)
    rows = session.execute(
        select(
            Journey.id, Journey.key, Journey.name, Journey.currency, LeverPool.id,
            LeverPool.annual_value_minor, LeverPool.state,
        )
        .outerjoin(LeverPool, LeverPool.journey_id == Journey.id)
        .where(Journey.is_in_use)
        .order_by(Journey.id)
    )  # fmt: skip
    heads: dict[int, tuple[str, str, str]] = {}
    pools: dict[int, list[PoolStake]] = defaultdict(list)
    for id_, key, name, currency, pool_id, minor, state in rows:
        heads[id_] = key, name, currency
        if pool_id is not None:
            pools[id_].append(PoolStake(pool_id, minor, state is PoolState.CERTIFIED))
    return tuple(
        JourneyFacts(
            id_, key, name, frozenset(pool.id for pool in pools[id_]),
            journey_stake(pools[id_], strengths, currency),
        )
        for id_, (key, name, currency) in by_name(heads.items(), lambda one: one[1][1])
    )  # fmt: skip


def load_worst_touchpoints(session: Session, journey_ids: Collection[int]) -> dict[int, int]:
    """Where it hurts most on each journey, by the score of its last baseline; touchpoint ids.

    A journey without a baseline, or where nothing hurts, is left out.
    """
    if not journey_ids:
        return {}
    newest = (
        select(Baseline.journey_id, func.max(Baseline.number).label("number"))
        .where(Baseline.journey_id.in_(journey_ids))
        .group_by(Baseline.journey_id)
        .subquery()
    )
    rows = session.execute(
        select(TouchpointFigure, Baseline.journey_id)
        .join(Baseline, Baseline.id == TouchpointFigure.baseline_id)
        .join(
            newest,
            and_(newest.c.journey_id == Baseline.journey_id, newest.c.number == Baseline.number),
        )
        .join(Touchpoint, Touchpoint.id == TouchpointFigure.touchpoint_id)
        .join(Stage, Stage.id == Touchpoint.stage_id)
        .where(~Stage.is_hidden)
        .order_by(TouchpointFigure.touchpoint_id)
    )
    worst: dict[int, int] = {}
    scores: dict[int, Decimal] = {}
    for figure, journey_id in rows:
        score = measured(figure).score
        if score > scores.get(journey_id, 0):
            scores[journey_id], worst[journey_id] = score, figure.touchpoint_id
    return worst
