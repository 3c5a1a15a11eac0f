"""Load today's inputs of a frozen proposal, to be compared with what was frozen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, load_only, selectinload

from app.accounts.models import Person
from app.approvals.models import Decision, Proposal, ProposalItem
from app.approvals.rules import FrozenProposal, ProposalState, check_snapshot
from app.approvals.rules.drift import Drift, PoolNow, Today, drift_between
from app.approvals.rules.frozen import frozen_of
from app.approvals.rules.remaining import remaining, whole
from app.calendar.models import Cycle, CycleFund
from app.errors import NotFoundError
from app.initiatives.models import Effect, Initiative, Option, OptionDemand, OptionSpend
from app.journeys.models import Journey, LeverPool
from app.journeys.rules import PoolState
from app.portfolio.models import Run, Scenario, ScenarioPin
from app.portfolio.queries.facts import option_facts, pool_key
from app.portfolio.rules.demands import DemandKind, demand_sentence
from app.portfolio.rules.facts import OptionFacts
from app.portfolio.rules.pins import pin_sentence
from app.values.money import Money


@dataclass(frozen=True)
class ProposalDrift:
    """A proposal with its frozen content and what moved since it was frozen."""

    proposal: Proposal
    frozen: FrozenProposal
    drift: Drift


def load_drift(session: Session, proposal_id: int) -> ProposalDrift:
    """What of a proposal's inputs is not as it was frozen, without what was struck out of it.

    Raises NotFoundError; StaleError where the stored bytes are not those of their digest.
    """
    proposal = session.scalar(
        select(Proposal)
        .where(Proposal.id == proposal_id)
        .options(
            joinedload(Proposal.decision).joinedload(Decision.decided_by).lazyload(Person.grants),
            joinedload(Proposal.run)
            .options(load_only(Run.scenario_id), joinedload(Run.scenario))
        )
    )  # fmt: skip
    if proposal is None:
        raise NotFoundError("There is no such proposal, or it was removed.")
    check_snapshot(proposal.snapshot, proposal.digest, proposal.round)
    frozen = frozen_of(proposal.snapshot)
    cycle = _cycle(session, proposal.cycle_id)
    struck, options = _options(session, proposal, cycle)
    if proposal.state is not ProposalState.APPROVED:
        struck = frozenset()
    worth = remaining(proposal.snapshot, struck).worth if struck else whole(frozen).worth
    today = Today(
        options=options,
        budgets={
            one.fund.key: {budget.quarter: budget.amount_minor for budget in one.budgets}
            for one in cycle.funds
        },
        carry_over={one.fund.key: one.carry_over for one in cycle.funds},
        pools=_pools(session, frozen, cycle),
        rules=_rules(session, proposal.run.scenario, frozen, cycle),
        discount_rate=cycle.discount_rate,
        hurdle_rate=cycle.hurdle_rate,
        release_confidence=cycle.release_confidence,
    )
    return ProposalDrift(proposal, frozen, drift_between(frozen, worth, today))


def _cycle(session: Session, cycle_id: int) -> Cycle:
    return (
        session.scalars(
            select(Cycle)
            .where(Cycle.id == cycle_id)
            .options(
                joinedload(Cycle.funds).options(
                    joinedload(CycleFund.fund), joinedload(CycleFund.budgets)
                )
            )
        )
        .unique()
        .one()
    )


def _options(
    session: Session, proposal: Proposal, cycle: Cycle
) -> tuple[frozenset[str], dict[str, OptionFacts]]:
    """Keys of the struck items, and the option each item was approved with as it is now."""
    rows = session.execute(
        select(Option, ProposalItem.is_struck)
        .join(ProposalItem, ProposalItem.option_id == Option.id)
        .join(Option.initiative)
        .where(ProposalItem.proposal_id == proposal.id)
        .options(
            contains_eager(Option.initiative).load_only(Initiative.key),
            selectinload(Option.spend).joinedload(OptionSpend.fund),
            selectinload(Option.demand).joinedload(OptionDemand.team),
            selectinload(Option.effects).joinedload(Effect.pool).joinedload(LeverPool.journey),
        )
        .execution_options(populate_existing=True)
    ).all()
    struck = frozenset(option.initiative.key for option, is_struck in rows if is_struck)
    return struck, {option.initiative.key: option_facts(option, cycle) for option, _ in rows}


def _pools(session: Session, frozen: FrozenProposal, cycle: Cycle) -> dict[str, PoolNow]:
    keys = {str(line["key"]) for line in frozen.inputs.get("pools", ())}
    pools = session.scalars(
        select(LeverPool)
        .join(LeverPool.journey)
        .where(Journey.key.in_({key.partition("/")[0] for key in keys}))
        .options(contains_eager(LeverPool.journey), selectinload(LeverPool.inputs))
    )
    return {
        pool_key(pool): PoolNow(
            lever=pool.lever,
            annual_minor=pool.annual_value_minor,
            churn=next((one.value for one in pool.inputs if one.symbol == "p"), None),
            counts=(pool.state is PoolState.CERTIFIED and pool.journey.currency == cycle.currency),
        )
        for pool in pools
        if pool_key(pool) in keys
    }


def _rules(
    session: Session, scenario: Scenario, frozen: FrozenProposal, cycle: Cycle
) -> dict[str, str] | None:
    """The scenario's pins and rules as sentences by key; not asked where it was not changed."""
    if scenario.version == frozen.scenario.version:
        return None
    stored = session.scalars(
        select(Scenario)
        .where(Scenario.id == scenario.id)
        .options(
            selectinload(Scenario.rules),
            selectinload(Scenario.pins).joinedload(ScenarioPin.initiative),
            selectinload(Scenario.pins).joinedload(ScenarioPin.option),
        )
        .execution_options(populate_existing=True)
    ).one()
    found = {
        f"pin:{pin.initiative.key}": pin_sentence(
            pin.kind, pin.initiative.key, pin.option.key if pin.option else None, pin.start,
            None if pin.price_minor is None else Money(pin.price_minor, cycle.currency),
        )
        for pin in stored.pins
    }  # fmt: skip
    for rule in stored.rules:
        kind = DemandKind(rule.type)
        found[rule.key] = demand_sentence(kind, rule.parameters, cycle.currency)
    return found
