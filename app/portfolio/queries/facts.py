"""Load a scenario with everything it stands on as the pure facts a problem is built from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Person
from app.calendar.models import Cycle
from app.calendar.queries import committed_floors
from app.initiatives.models import Initiative, Option
from app.initiatives.queries import load_candidates
from app.journeys.models import LeverPool
from app.journeys.rules import Lever, PoolState, discounted_pool_minor
from app.portfolio.models import Scenario
from app.portfolio.queries.candidates import (
    Bonds,
    list_bound_money,
    load_bonds,
    load_committed_options,
    load_delivered,
)
from app.portfolio.rules.demands import DemandKind, initiative_tags
from app.portfolio.rules.facts import (
    BoundFacts,
    CandidateFacts,
    CommittedFacts,
    DeclaredFacts,
    DeliveredFacts,
    DemandFacts,
    EffectFacts,
    FundFacts,
    NeedFacts,
    OptionFacts,
    PinFacts,
    PoolFacts,
    ProblemFacts,
    TeamFacts,
)
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class LoadedFacts:
    """The facts, and the models they came from for naming versions and sources."""

    facts: ProblemFacts
    candidates: Sequence[Initiative]
    pools: Sequence[LeverPool]


def load_problem_facts(session: Session, scenario: Scenario, *, today: date | None) -> LoadedFacts:
    """Everything the optimizer may know when it works on ``scenario``, as it is stored now.

    Quarters before the one of ``today`` are over; without a day none is.
    """
    cycle = scenario.cycle
    candidates = load_candidates(session, cycle.id)
    committed = load_committed_options(session, cycle.id)
    options = [option for initiative in candidates for option in initiative.options]
    options += [option for option, _ in committed]
    pools = load_pools(session, {effect.pool_id for o in options for effect in o.effects})
    bonds = load_bonds(session, [initiative.id for initiative in candidates])
    facts = ProblemFacts(
        currency=cycle.currency,
        quarters=cycle.quarters,
        discount_rate=cycle.discount_rate,
        funds=_funds(session, scenario),
        teams=_teams(cycle),
        pools=tuple(pool_facts(pool, cycle) for pool in pools),
        candidates=tuple(_candidate(one, cycle, bonds) for one in candidates),
        committed=tuple(
            CommittedFacts(
                key=option.initiative.key,
                title=option.initiative.title,
                option=option_facts(option, cycle),
                start=start - cycle.first_quarter,
            )
            for option, start in committed
        ),
        delivered=_delivered(session, cycle, candidates, bonds, committed),
        bound=load_bound(session, cycle),
        pins=tuple(_pins(scenario)),
        demands=tuple(
            DemandFacts(rule.key, DemandKind(rule.type), rule.parameters, rule.reason)
            for rule in scenario.rules
        ),
        present=max(0, Quarter.containing(today) - cycle.first_quarter) if today else 0,
    )
    return LoadedFacts(facts, candidates, pools)


def load_pools(session: Session, ids: set[int]) -> Sequence[LeverPool]:
    """The pools with what their facts are made of, by id."""
    if not ids:
        return []
    found = session.scalars(
        select(LeverPool)
        .where(LeverPool.id.in_(ids))
        .options(
            joinedload(LeverPool.journey),
            joinedload(LeverPool.certified_by).lazyload(Person.grants),
            joinedload(LeverPool.inputs),
        )
        .order_by(LeverPool.id)
    )
    return found.unique().all()


def pool_key(pool: LeverPool) -> str:
    """How the problem names a pool: journey and lever."""
    return f"{pool.journey.key}/{pool.lever.value}"


def effective_budgets(scenario: Scenario) -> dict[tuple[int, Quarter], int]:
    """The scenario's budgets by fund id and quarter: the cycle's where it states none itself."""
    budgets = {
        (fund.fund_id, budget.quarter): budget.amount_minor
        for fund in scenario.cycle.funds
        for budget in fund.budgets
    }
    own = {(limit.fund_id, limit.quarter): limit.amount_minor for limit in scenario.limits}
    funds = {fund.fund_id for fund in scenario.cycle.funds}
    return budgets | {cell: amount for cell, amount in own.items() if cell[0] in funds}


def _funds(session: Session, scenario: Scenario) -> tuple[FundFacts, ...]:
    cycle = scenario.cycle
    budgets = effective_budgets(scenario)
    taken = committed_floors(session, cycle.id)
    return tuple(
        FundFacts(
            key=fund.fund.key,
            name=fund.fund.name,
            carry_over=fund.carry_over,
            budget=tuple(budgets.get((fund.fund_id, q), 0) for q in cycle.quarters),
            committed=tuple(taken.get((fund.fund_id, q), 0) for q in cycle.quarters),
        )
        for fund in cycle.funds
    )


def _delivered(
    session: Session,
    cycle: Cycle,
    candidates: Sequence[Initiative],
    bonds: Bonds,
    committed: Sequence[tuple[Option, Quarter]],
) -> tuple[DeliveredFacts, ...]:
    """What candidates need of initiatives that ended well; asked for only if some need it."""
    present = {one.key for one in candidates} | {one.initiative.key for one, _ in committed}
    needed = {key for needs in bonds.needs.values() for key, _ in needs} - present
    return tuple(
        DeliveredFacts(key, start - cycle.first_quarter)
        for key, start in load_delivered(session, needed).items()
    )


def load_bound(session: Session, cycle: Cycle) -> tuple[BoundFacts, ...]:
    """What decisions hold of the cycle's funds; ``cycle`` is loaded with them."""
    names = {fund.fund_id: fund.fund.name for fund in cycle.funds}
    return tuple(
        BoundFacts(one.initiative, names[one.fund_id], one.quarter, one.minor, one.currency)
        for one in list_bound_money(session, cycle.id)
        if one.fund_id in names
    )


def _teams(cycle: Cycle) -> tuple[TeamFacts, ...]:
    days: dict[str, dict[Quarter, Decimal]] = {}
    names: dict[str, str] = {}
    for capacity in cycle.capacities:
        days.setdefault(capacity.team.key, {})[capacity.quarter] = capacity.available_days
        names[capacity.team.key] = capacity.team.name
    return tuple(
        TeamFacts(key, names[key], tuple(row.get(q, Decimal(0)) for q in cycle.quarters))
        for key, row in sorted(days.items())
    )


def pool_facts(pool: LeverPool, cycle: Cycle) -> PoolFacts:
    """What a pool is worth in a cycle's quarters, or why it can't count there."""
    barred = None
    if pool.state is not PoolState.CERTIFIED:
        barred = "Not certified by Finance"
    elif pool.journey.currency != cycle.currency:
        barred = f"Its money is in {pool.journey.currency}, the cycle's in {cycle.currency}"
    churn = next((one.value for one in pool.inputs if one.symbol == "p"), None)
    if pool.lever is Lever.RETAIN and churn is None:
        barred = barred or "The churn of its segment is missing"
    value: tuple[int, ...] = ()
    if barred is None:
        value = discounted_pool_minor(
            pool.lever,
            pool.annual_value_minor,
            churn=churn,
            quarters=cycle.quarter_count,
            discount_rate=cycle.discount_rate,
        )
    measured = Quarter.containing(pool.measured_on) - cycle.first_quarter
    return PoolFacts(pool_key(pool), barred, value, measured)


def _candidate(initiative: Initiative, cycle: Cycle, bonds: Bonds) -> CandidateFacts:
    journey = initiative.journey.key if initiative.journey else None
    return CandidateFacts(
        key=initiative.key,
        title=initiative.title,
        currency=initiative.currency,
        tags=initiative_tags(journey, initiative.unit, initiative.lens.value),
        options=tuple(option_facts(option, cycle) for option in initiative.options),
        needs=tuple(NeedFacts(key, lag) for key, lag in bonds.needs.get(initiative.key, ())),
        excludes=tuple(bonds.excludes.get(initiative.key, ())),
    )


def option_facts(option: Option, cycle: Cycle) -> OptionFacts:
    """An option as a problem knows it; it is loaded with its spend, demand and effects."""
    spend: dict[str, dict[int, int]] = {}
    for cost in option.spend:
        spend.setdefault(cost.fund.key, {})[cost.quarter_index] = cost.amount_minor
    demand: dict[str, dict[int, Decimal]] = {}
    for need in option.demand:
        demand.setdefault(need.team.key, {})[need.quarter_index] = need.days
    return replace(acting_facts(option, cycle), spend=spend, demand=demand)


def acting_facts(option: Option, cycle: Cycle) -> OptionFacts:
    """What an option does, without its money and days; it is loaded with its effects."""
    declared = None
    if option.declared_benefit_minor is not None and option.declared_grade is not None:
        declared = DeclaredFacts(option.declared_benefit_minor, option.declared_grade)
    return OptionFacts(
        key=option.key,
        name=option.name,
        go_live=option.go_live_quarters,
        ramp=option.ramp_quarters,
        half_life=option.half_life_quarters,
        earliest=_position(option.earliest_start, cycle),
        latest=_position(option.latest_start, cycle),
        spend={},
        demand={},
        effects=tuple(
            EffectFacts(pool_key(effect.pool), effect.removal_share, effect.grade)
            for effect in sorted(option.effects, key=lambda one: one.id)
        ),
        declared=declared,
        effort_minutes=option.effort_minutes,
        risk=option.risk,
    )


def _position(quarter: Quarter | None, cycle: Cycle) -> int | None:
    return None if quarter is None else quarter - cycle.first_quarter


def _pins(scenario: Scenario) -> Any:
    for pin in scenario.pins:
        yield PinFacts(
            initiative=pin.initiative.key,
            kind=pin.kind,
            option=pin.option.key if pin.option else None,
            start=_position(pin.start, scenario.cycle),
            reason=pin.reason,
            price=pin.price_minor,
        )
