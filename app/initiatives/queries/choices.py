"""What forms offer to choose from: journeys, cycles, pools, needs, touchpoints, funds, teams."""

from __future__ import annotations

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from app.calendar.models import Cycle, CycleFund, Fund, Team, TeamCapacity
from app.calendar.rules import CycleState
from app.initiatives.models import Initiative, Option
from app.journeys.models import CustomerNeed, Journey, LeverPool, NeedStatement, Stage, Touchpoint
from app.journeys.rules import NeedKind, PoolState
from app.values.money import Money
from app.values.names import by_name

Choices = list[tuple[str, str]]

_LONGEST_NEED = 100
"""Letters of a need in a list to choose from."""


def journey_choices(session: Session, kept_id: int | None = None) -> Choices:
    """Journeys in use, and the one chosen already."""
    rows = session.execute(
        select(Journey.id, Journey.name, Journey.currency)
        .where(or_(Journey.is_in_use, Journey.id == kept_id))
        .order_by(Journey.id)
    )
    named = by_name(rows, lambda row: row[1])
    return [(str(id_), f"{name} ({currency})") for id_, name, currency in named]


def cycle_choices(session: Session, kept_id: int | None = None) -> Choices:
    """Cycles that are not closed, the latest first, and the one chosen already."""
    rows = session.execute(
        select(Cycle.id, Cycle.name, Cycle.currency, Cycle.state)
        .where(or_(Cycle.state != CycleState.CLOSED, Cycle.id == kept_id))
        .order_by(Cycle.starts_on.desc(), Cycle.id.desc())
    )
    return [(str(id_), f"{name} ({cur}, {state.word.lower()})") for id_, name, cur, state in rows]


def pool_choices(session: Session, currency: str) -> Choices:
    """Lever pools whose money is in ``currency``, with what they could yield a year."""
    pools = session.scalars(
        select(LeverPool)
        .join(LeverPool.journey)
        .where(Journey.currency == currency)
        .options(joinedload(LeverPool.journey))
        .order_by(Journey.id, LeverPool.lever)
    )
    return [
        (str(pool.id), _pool_word(pool)) for pool in by_name(pools, lambda one: one.journey.name)
    ]


def _pool_word(pool: LeverPool) -> str:
    worth = Money(pool.annual_value_minor, pool.journey.currency)
    certified = "" if pool.state is PoolState.CERTIFIED else ", not certified"
    return f"{pool.journey.name}, {pool.lever.value} ({worth} a year{certified})"


def customer_need_choices(
    session: Session, journey_id: int | None, *kept_ids: int | None
) -> Choices:
    """The needs that hold on a journey, and those named already, by whose they are and what."""
    holds = and_(CustomerNeed.journey_id == journey_id, CustomerNeed.retired_at.is_(None))
    rows = session.execute(
        select(CustomerNeed.id, CustomerNeed.segment, CustomerNeed.retired_at, NeedStatement.text)
        .outerjoin(
            NeedStatement,
            and_(NeedStatement.need_id == CustomerNeed.id, NeedStatement.kind == NeedKind.OVERT),
        )
        .where(or_(holds, CustomerNeed.id.in_([one for one in kept_ids if one is not None])))
        .order_by(CustomerNeed.segment, CustomerNeed.id)
    )
    return [
        (str(id_), _need_word(segment, said) + (" (retired)" if retired_at else ""))
        for id_, segment, retired_at, said in rows
    ]


def _need_word(segment: str, said: str | None) -> str:
    words = f"{segment}: {said}" if said else segment
    return words if len(words) <= _LONGEST_NEED else f"{words[: _LONGEST_NEED - 1].rstrip()}…"


def touchpoint_choices(session: Session, journey_id: int | None) -> list[tuple[int, str]]:
    """A journey's touchpoints by stage and channel."""
    if journey_id is None:
        return []
    rows = session.scalars(
        select(Touchpoint)
        .join(Touchpoint.stage)
        .where(Touchpoint.journey_id == journey_id)
        .options(joinedload(Touchpoint.stage))
        .order_by(Stage.position, Touchpoint.channel)
    )
    return [(one.id, f"{one.stage.name}, {one.channel.word.lower()}") for one in rows]


def option_choices(session: Session, initiative: Initiative) -> Choices:
    """The initiative's options by key, in their order."""
    rows = session.execute(
        select(Option.key, Option.name)
        .where(Option.initiative_id == initiative.id)
        .order_by(Option.position)
    )
    return [(key, name) for key, name in rows]


def fund_choices(session: Session, cycle_id: int | None, kept: set[int]) -> list[tuple[int, str]]:
    """The cycle's funds in their order, all funds without a cycle; and those used already."""
    if cycle_id is None:
        funds = session.execute(select(Fund.id, Fund.name).order_by(Fund.id))
        return by_name(((id_, name) for id_, name in funds), lambda one: one[1])
    placed = session.execute(
        select(Fund.id, Fund.name, CycleFund.position)
        .outerjoin(CycleFund, (CycleFund.fund_id == Fund.id) & (CycleFund.cycle_id == cycle_id))
        .where(or_(CycleFund.id.is_not(None), Fund.id.in_(kept)))
        .order_by(Fund.id)
    )
    named = by_name(placed, lambda row: row.name)
    ordered = sorted(named, key=lambda row: (row.position is None, row.position or 0))
    return [(id_, name) for id_, name, _ in ordered]


def team_choices(session: Session, cycle_id: int | None, kept: set[int]) -> list[tuple[int, str]]:
    """Teams with days in the cycle by name, all teams without one; and those used already."""
    query = select(Team.id, Team.name).order_by(Team.id)
    if cycle_id is not None:
        there = select(TeamCapacity.team_id).where(TeamCapacity.cycle_id == cycle_id)
        query = query.where(or_(Team.id.in_(there), Team.id.in_(kept)))
    teams = [(id_, name) for id_, name in session.execute(query)]
    return by_name(teams, lambda team: team[1])
