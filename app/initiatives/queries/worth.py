"""Read what options claim and what the pools are worth, ready for the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.calendar.models import Cycle
from app.initiatives.models import Effect, Initiative, Option
from app.initiatives.queries.minutes import MinutesPerContact, Volume, load_minutes
from app.initiatives.rules import (
    DeclaredClaim,
    EffectClaim,
    Horizon,
    InitiativeState,
    OptionClaim,
    PoolSpread,
    Spread,
    assumed_start,
    shared_inputs,
)
from app.journeys.models import Journey, LeverPool, PoolInput
from app.journeys.rules import LEVER_INPUTS, InputKind, Lever, discounted_pool_minor
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class PoolWorth:
    """What discounting a pool needs; ``churn`` is the segment's, for retain."""

    id: int
    lever: Lever
    annual_minor: int
    currency: str
    churn: Decimal | None

    def quarters(self, horizon: Horizon) -> tuple[int, ...] | None:
        """Discounted minor units per planning quarter; None if an input is missing."""
        if self.lever is Lever.RETAIN and self.churn is None:
            return None
        return discounted_pool_minor(
            self.lever,
            self.annual_minor,
            churn=self.churn,
            quarters=horizon.quarters,
            discount_rate=horizon.rate,
        )

    def stock(self, horizon: Horizon) -> tuple[int, ...]:
        """The same of a retain pool with its churn, before discounting."""
        return self.quarters(replace(horizon, rate=Decimal(0))) or ()


def horizon_of(cycle: Cycle) -> Horizon:
    return Horizon(cycle.quarter_count, cycle.discount_rate)


def claim_of(
    option: Option, effects: Iterable[Effect], planned: Quarter, first: Quarter
) -> OptionClaim:
    """What an option claims, for the rules; effects in the order they were entered."""
    return _claim_of(option, sorted(effects, key=lambda one: one.id), planned, first)


def _claim_of(
    option: Option | Row[Any],
    effects: Iterable[Effect | Row[Any]],
    planned: Quarter,
    first: Quarter,
) -> OptionClaim:
    declared = None
    if option.declared_benefit_minor is not None and option.declared_grade is not None:
        declared = DeclaredClaim(option.declared_benefit_minor, option.declared_grade)
    return OptionClaim(
        start=assumed_start(planned, option.earliest_start, option.latest_start, first),
        go_live=option.go_live_quarters,
        ramp=option.ramp_quarters,
        half_life=option.half_life_quarters,
        effects=tuple(
            EffectClaim(effect.pool_id, effect.removal_share, effect.grade) for effect in effects
        ),
        declared=declared,
    )


def load_full_claims(
    session: Session, starts: dict[int, tuple[Quarter, Quarter]]
) -> tuple[dict[int, OptionClaim], dict[int, PoolWorth]]:
    """The claim of each initiative's full (last) option, and the pools they work on, by id.

    One query of columns. ``starts``: initiative id → (planned start, first quarter of its cycle).
    """
    if not starts:
        return {}, {}
    rows = session.execute(_full_claims(), {"ids": list(starts)})
    options: dict[int, Row[Any]] = {}
    effects: dict[int, list[Row[Any]]] = defaultdict(list)
    worths: dict[int, PoolWorth] = {}
    for row in rows:
        options[row.initiative_id] = row
        if row.pool_id is not None:
            effects[row.initiative_id].append(row)
            if row.pool_id not in worths:
                worths[row.pool_id] = PoolWorth(*row[len(_CLAIM) :])
    claims = {id_: _claim_of(option, effects[id_], *starts[id_]) for id_, option in options.items()}
    return claims, worths


@cache
def _full_claims() -> Select[Any]:
    last = aliased(Option)
    is_last = Option.position == (
        select(func.max(last.position))
        .where(last.initiative_id == Option.initiative_id)
        .scalar_subquery()
    )
    claims_and_pools: Select[Any] = select(*_CLAIM, *_WORTH)
    return (
        claims_and_pools.outerjoin(Effect, Effect.option_id == Option.id)
        .outerjoin(LeverPool, LeverPool.id == Effect.pool_id)
        .outerjoin(Journey, Journey.id == LeverPool.journey_id)
        .outerjoin(PoolInput, _IS_CHURN)
        .where(Option.initiative_id.in_(bindparam("ids", expanding=True)), is_last)
        .order_by(Effect.id)
    )


_CLAIM: tuple[Any, ...] = (
    Option.initiative_id, Option.go_live_quarters, Option.ramp_quarters, Option.half_life_quarters,
    Option.earliest_start, Option.latest_start, Option.declared_benefit_minor,
    Option.declared_grade, Effect.pool_id, Effect.removal_share, Effect.grade,
)  # fmt: skip
_WORTH = (
    LeverPool.id, LeverPool.lever, LeverPool.annual_value_minor, Journey.currency, PoolInput.value,
)  # fmt: skip
_IS_CHURN = and_(PoolInput.pool_id == LeverPool.id, PoolInput.symbol == "p")


def median_candidate_costs(session: Session, cycle_ids: Sequence[int]) -> dict[int, int]:
    """The middle cost of each cycle's candidates in minor units, the lower of two middle ones."""
    if not cycle_ids:
        return {}
    rows = session.execute(_medians(), {"ids": list(cycle_ids)})
    return {row[0]: row[1] for row in rows}


@cache
def _medians() -> Select[Any]:
    place = (
        func.row_number()
        .over(partition_by=Initiative.cycle_id, order_by=Initiative.cost_minor)
        .label("place")
    )
    total = func.count().over(partition_by=Initiative.cycle_id).label("total")
    ranked = (
        select(Initiative.cycle_id, Initiative.cost_minor, place, total)
        .where(
            Initiative.cycle_id.in_(bindparam("ids", expanding=True)),
            Initiative.state == InitiativeState.CANDIDATE,
        )
        .subquery()
    )
    middle: Select[Any] = select(ranked.c.cycle_id, ranked.c.cost_minor)
    return middle.where(ranked.c.place == (ranked.c.total + 1) // 2)


@dataclass(frozen=True, slots=True)
class CaseBasis:
    """What a business case stands on: the cycle's horizon and the pools its options work on.

    ``annual`` and ``discounted`` hold what counts, by pool id; a pool in another currency or
    without its inputs is left out. ``stocks`` are those of them that keep customers, per quarter
    before discounting. ``spreads`` are the same pools with the ranges of their inputs,
    ``minutes`` how long a contact takes customers, of the pools that count contacts.
    """

    horizon: Horizon
    first: Quarter
    annual: dict[int, int]
    discounted: dict[int, tuple[int, ...]]
    stocks: dict[int, tuple[int, ...]]
    spreads: dict[int, PoolSpread]
    minutes: dict[int, MinutesPerContact]


def load_case_basis(session: Session, initiative: Initiative) -> CaseBasis | None:
    """What the initiative's case stands on; None without a cycle. Its effects are loaded."""
    cycle = initiative.cycle
    if cycle is None:
        return None
    horizon = horizon_of(cycle)
    used = {effect.pool_id for option in initiative.options for effect in option.effects}
    worths, spreads, volumes = _load_pools(session, used)
    discounted = {
        id_: quarters
        for id_, worth in worths.items()
        if worth.currency == initiative.currency
        and (quarters := worth.quarters(horizon)) is not None
    }
    return CaseBasis(
        horizon, cycle.first_quarter,
        annual={id_: worths[id_].annual_minor for id_ in discounted},
        discounted=discounted,
        stocks={id_: worths[id_].stock(horizon) for id_ in discounted
                if worths[id_].lever is Lever.RETAIN},
        spreads={id_: spread for id_, spread in spreads.items() if id_ in discounted},
        minutes=load_minutes(session, volumes),
    )  # fmt: skip


def _load_pools(
    session: Session, ids: Collection[int]
) -> tuple[dict[int, PoolWorth], dict[int, PoolSpread], dict[int, Volume]]:
    """The given pools, those with all their inputs with the range of each, and which contacts those
    of the lever serve count, in one query."""
    if not ids:
        return {}, {}, {}
    rows = session.execute(
        select(
            *_WORTH[:-1], LeverPool.journey_id, Journey.segment, PoolInput.symbol,
            PoolInput.bound_figure, PoolInput.bound_number, PoolInput.bound_touchpoints,
            PoolInput.value, PoolInput.low, PoolInput.high,
        )
        .join(LeverPool.journey)
        .outerjoin(PoolInput, PoolInput.pool_id == LeverPool.id)
        .where(LeverPool.id.in_(ids))
    )  # fmt: skip
    heads: dict[int, tuple[Lever, int, str, str]] = {}
    inputs: dict[int, dict[str, tuple[Decimal, Decimal | None, Decimal | None]]] = {}
    bound: dict[int, dict[str, tuple[str, Sequence[int]]]] = {}
    volumes: dict[int, Volume] = {}
    for id_, lever, annual, currency, journey, segment, *one in rows:
        symbol, figure, number, places, *figures = one
        heads[id_] = lever, annual, currency, segment
        given, figure_of = inputs.setdefault(id_, {}), bound.setdefault(id_, {})
        if symbol is not None:
            given[symbol] = figures[0], figures[1], figures[2]
        if figure is not None:
            figure_of[symbol] = figure.value, places
        if lever is Lever.SERVE and symbol == "V":
            volumes[id_] = Volume(journey, number, tuple(places)) if places else Volume(journey)
    worths, spreads = {}, {}
    for id_, (lever, annual, currency, segment) in heads.items():
        churn = inputs[id_].get("p", (None,))[0]
        worths[id_] = PoolWorth(id_, lever, annual, currency, churn)
        specs = LEVER_INPUTS[lever]
        if all(spec.symbol in inputs[id_] for spec in specs):
            ranged = tuple(
                (
                    spec.symbol,
                    Spread.of(*inputs[id_][spec.symbol], is_money=spec.kind is InputKind.MONEY),
                )
                for spec in specs
            )
            shared = shared_inputs(segment, bound[id_])
            spreads[id_] = PoolSpread(id_, lever, currency, ranged, shared)
    return worths, spreads, volumes
