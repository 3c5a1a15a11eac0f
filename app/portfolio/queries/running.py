"""Read what runs in a cycle: who acts on its pools, and what the pools are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.calendar.models import Cycle
from app.initiatives.models import Effect, Option, OptionSpend
from app.journeys.models import LeverPool
from app.portfolio.queries.candidates import list_committed
from app.portfolio.queries.facts import acting_facts, load_pools, pool_facts
from app.portfolio.rules.facts import CommittedFacts, PoolFacts


@dataclass(frozen=True, slots=True)
class RunningFacts:
    """An initiative's options, the committed ones that still act, and the pools of its options."""

    options: Sequence[Option]
    committed: Sequence[CommittedFacts]
    pools: Sequence[PoolFacts]


def load_running(session: Session, cycle: Cycle, initiative_id: int) -> RunningFacts:
    """What acts in the quarters of ``cycle`` beside an initiative; three queries.

    Options come with their effects, the smallest first, and without money and days.
    """
    choices = list_committed(session, cycle.id)
    options = (
        session.scalars(
            select(Option)
            .where(
                or_(
                    Option.initiative_id == initiative_id,
                    Option.id.in_([choice.option_id for choice in choices]),
                )
            )
            .options(
                joinedload(Option.initiative),
                joinedload(Option.effects).options(
                    joinedload(Effect.pool).joinedload(LeverPool.journey),
                    joinedload(Effect.behaviour),
                ),
            )
            .order_by(Option.position, Option.id)
        )
        .unique()
        .all()
    )
    by_id = {option.id: option for option in options}
    own = [option for option in options if option.initiative_id == initiative_id]
    acting = [(by_id[choice.option_id], choice.start) for choice in choices]
    pools = load_pools(session, {effect.pool_id for option in own for effect in option.effects})
    return RunningFacts(
        own,
        [
            CommittedFacts(
                option.initiative.key, option.initiative.title, acting_facts(option, cycle),
                start - cycle.first_quarter,
            )
            for option, start in acting
        ],
        [pool_facts(pool, cycle) for pool in pools],
    )  # fmt: skip


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
