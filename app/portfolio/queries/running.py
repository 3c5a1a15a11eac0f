"""Read what runs in a cycle: who acts on its pools, and what the pools are worth."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.calendar.models import Cycle
from app.initiatives.models import Effect, Option, OptionSpend
from app.journeys.models import LeverPool
from app.portfolio.queries.candidates import load_committed_options
from app.portfolio.queries.facts import load_pools, option_facts, pool_facts
from app.portfolio.rules.facts import CommittedFacts, PoolFacts


@dataclass(frozen=True, slots=True)
class RunningFacts:
    """The committed initiatives that still act in a cycle, and the pools asked for."""

    committed: Sequence[CommittedFacts]
    pools: Sequence[PoolFacts]


def load_running(session: Session, cycle: Cycle, pool_ids: Collection[int]) -> RunningFacts:
    """What acts in the quarters of ``cycle`` and the given pools."""
    committed = tuple(
        CommittedFacts(
            option.initiative.key,
            option.initiative.title,
            option_facts(option, cycle),
            start - cycle.first_quarter,
        )
        for option, start in load_committed_options(session, cycle.id)
    )
    pools = load_pools(session, set(pool_ids))
    return RunningFacts(committed, tuple(pool_facts(pool, cycle) for pool in pools))


def load_whole_options(session: Session, initiative_id: int) -> Sequence[Option]:
    """All options of an initiative, the smallest first, with their spend and effects."""
    return session.scalars(
        select(Option)
        .where(Option.initiative_id == initiative_id)
        .options(
            selectinload(Option.spend).joinedload(OptionSpend.fund),
            selectinload(Option.effects).options(
                joinedload(Effect.pool).joinedload(LeverPool.journey), joinedload(Effect.behaviour)
            ),
        )
        .order_by(Option.position)
    ).all()
