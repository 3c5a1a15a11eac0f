"""Read initiatives one by one, by state, and whole for the optimizer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.accounts.models import Person
from app.errors import NotFoundError
from app.initiatives.models import (
    Dependency,
    Effect,
    Exclusion,
    Initiative,
    InitiativeMove,
    Milestone,
    Option,
    OptionDemand,
    OptionSpend,
    TargetBehaviour,
)
from app.initiatives.rules import InitiativeState
from app.journeys.models import CustomerNeed, LeverPool, Touchpoint
from app.values.names import by_name

Parts = tuple[ExecutableOption, ...]

HEAD: Parts = (
    joinedload(Initiative.journey),
    joinedload(Initiative.cycle),
    # Nobody's roles are asked on a page about an initiative; those of the actor are loaded already.
    joinedload(Initiative.owner).lazyload(Person.grants),
    joinedload(Initiative.sponsor).lazyload(Person.grants),
    joinedload(Initiative.created_by).lazyload(Person.grants),
    joinedload(Initiative.certified_by).lazyload(Person.grants),
)
ANSWERS: Parts = (
    selectinload(Initiative.answers),
    selectinload(Initiative.touchpoints).joinedload(Touchpoint.stage),
)
OPTIONS: Parts = (
    selectinload(Initiative.options).joinedload(Option.spend).joinedload(OptionSpend.fund),
    selectinload(Initiative.options).selectinload(Option.demand).joinedload(OptionDemand.team),
)
EFFECTS: Parts = (
    selectinload(Initiative.options)
    .selectinload(Option.effects)
    .options(
        joinedload(Effect.pool).joinedload(LeverPool.journey),
        joinedload(Effect.behaviour),
    ),
)
BEHAVIOURS: Parts = (
    selectinload(Initiative.options),
    selectinload(Initiative.behaviours).options(
        selectinload(TargetBehaviour.effects).joinedload(Effect.pool).joinedload(LeverPool.journey),
        joinedload(TargetBehaviour.need).joinedload(CustomerNeed.statements),
    ),
)
MILESTONES: Parts = (selectinload(Initiative.milestones).selectinload(Milestone.criteria),)
DEPENDENCIES: Parts = (selectinload(Initiative.dependencies).joinedload(Dependency.needs),)
LINKS: Parts = (
    selectinload(Initiative.dependencies).joinedload(Dependency.needs),
    selectinload(Initiative.exclusions).joinedload(Exclusion.other),
)
MOVES: Parts = (
    selectinload(Initiative.moves).joinedload(InitiativeMove.moved_by).lazyload(Person.grants),
)

_MISSING = "There is no such initiative, or it was removed."


def get_initiative(session: Session, key: str, *parts: ExecutableOption) -> Initiative:
    """Give an initiative with its people, journey and cycle, and the ``parts`` asked for.

    Raises NotFoundError.
    """
    query = select(Initiative).where(Initiative.key == key).options(*HEAD, *parts)
    initiative = session.scalar(query)
    if initiative is None:
        raise NotFoundError(_MISSING)
    return initiative


def get_option(session: Session, initiative: Initiative, key: str) -> Option:
    """Give an option with its grids. Raises NotFoundError."""
    option = session.scalar(
        select(Option)
        .where(Option.initiative_id == initiative.id, Option.key == key)
        .options(
            selectinload(Option.spend).joinedload(OptionSpend.fund),
            selectinload(Option.demand).joinedload(OptionDemand.team),
        )
    )
    if option is None:
        raise NotFoundError(f"{initiative.key} has no option “{key}”.")
    return option


def get_behaviour(session: Session, initiative: Initiative, behaviour_id: int) -> TargetBehaviour:
    """Give a target behaviour with its effects. Raises NotFoundError."""
    behaviour = session.scalar(
        select(TargetBehaviour)
        .where(TargetBehaviour.initiative_id == initiative.id, TargetBehaviour.id == behaviour_id)
        .options(
            selectinload(TargetBehaviour.effects).options(
                joinedload(Effect.option),
                joinedload(Effect.pool).joinedload(LeverPool.journey),
            )
        )
    )
    if behaviour is None:
        raise NotFoundError(f"{initiative.key} has no such target behaviour.")
    return behaviour


def get_milestone(session: Session, initiative: Initiative, milestone_id: int) -> Milestone:
    """Give a milestone with its criteria. Raises NotFoundError."""
    milestone = session.scalar(
        select(Milestone)
        .where(Milestone.initiative_id == initiative.id, Milestone.id == milestone_id)
        .options(selectinload(Milestone.criteria))
    )
    if milestone is None:
        raise NotFoundError(f"{initiative.key} has no such milestone.")
    return milestone


def list_by_state(
    session: Session, *states: InitiativeState, cycle_id: int | None = None
) -> list[Initiative]:
    """Initiatives in the given states by key, with people, journey and cycle."""
    query = select(Initiative).where(Initiative.state.in_(states)).options(*HEAD)
    if cycle_id is not None:
        query = query.where(Initiative.cycle_id == cycle_id)
    return list(session.scalars(query.order_by(Initiative.key)))


def load_candidates(session: Session, cycle_id: int) -> list[Initiative]:
    """The candidates of a cycle by key, each with everything a choice depends on.

    Options with spend and fund, demand and team, effects with pool and journey; milestones with
    criteria, dependencies and exclusions with the other initiative; in a fixed number of queries.
    Exclusions stand with the initiative of the smaller id.
    """
    return list(
        session.scalars(
            select(Initiative)
            .where(Initiative.cycle_id == cycle_id, Initiative.state == InitiativeState.CANDIDATE)
            .options(*HEAD, *OPTIONS, *EFFECTS, *MILESTONES, *LINKS)
            .order_by(Initiative.key)
        )
    )


def find_key(session: Session, typed: str) -> str | None:
    """The only key that equals what was typed but for its case."""
    found = session.scalars(
        select(Initiative.key).where(func.lower(Initiative.key) == typed.lower()).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def full_option_name(session: Session, initiative: Initiative) -> str | None:
    """The name of the option that counts as the full one, the last in order; None without any."""
    return session.scalar(
        select(Option.name)
        .where(Option.initiative_id == initiative.id)
        .order_by(Option.position.desc())
        .limit(1)
    )


def list_exclusions(session: Session, initiative: Initiative) -> list[tuple[Initiative, Exclusion]]:
    """What it excludes, seen from either side: the other initiative and the reason's row."""
    rows = session.scalars(
        select(Exclusion)
        .where(or_(Exclusion.initiative_id == initiative.id, Exclusion.other_id == initiative.id))
        .options(joinedload(Exclusion.initiative), joinedload(Exclusion.other))
    ).all()
    found = [
        (row.other if row.initiative_id == initiative.id else row.initiative, row) for row in rows
    ]
    return sorted(found, key=lambda pair: pair[0].key)


def list_needing(session: Session, initiative: Initiative) -> list[Initiative]:
    """The initiatives that need this one, by key."""
    return list(
        session.scalars(
            select(Initiative)
            .join(Dependency, Dependency.initiative_id == Initiative.id)
            .where(Dependency.needs_id == initiative.id)
            .order_by(Initiative.key)
        )
    )


def load_needs(session: Session) -> dict[str, list[str]]:
    """Every dependency there is: key → the keys it needs."""
    one = select(Initiative.id, Initiative.key).subquery()
    other = select(Initiative.id, Initiative.key).subquery()
    needs: dict[str, list[str]] = {}
    for key, needed in session.execute(
        select(one.c.key, other.c.key)
        .select_from(Dependency)
        .join(one, Dependency.initiative_id == one.c.id)
        .join(other, Dependency.needs_id == other.c.id)
    ):
        needs.setdefault(key, []).append(needed)
    return needs


def list_by_keys(session: Session, keys: Collection[str]) -> dict[str, Initiative]:
    """The initiatives among ``keys`` that exist, by key."""
    if not keys:
        return {}
    found = session.scalars(select(Initiative).where(Initiative.key.in_(keys)))
    return {initiative.key: initiative for initiative in found}


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """Somebody who can own or sponsor, as a list shows them."""

    id: int
    name: str


def list_people_to_choose(session: Session) -> Sequence[PersonChoice]:
    """Everybody active, by name."""
    rows = session.execute(
        select(Person.id, Person.name).where(Person.is_active).order_by(Person.id)
    )
    return by_name((PersonChoice(id_, name) for id_, name in rows), lambda one: one.name)
