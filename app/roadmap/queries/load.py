"""Read what a quarter asks of journeys, units and teams."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.approvals.models import Commitment, CommitmentSpend
from app.approvals.rules import CommitmentState
from app.calendar.models import Cycle, Team, TeamCapacity
from app.initiatives.models import Initiative, OptionDemand
from app.journeys.models import Journey
from app.values.quarter import Quarter

RUNNING = (CommitmentState.ACTIVE, CommitmentState.COMPLETED)
"""States in which a commitment asks for its money and days; a stopped one asks for no more."""


@dataclass(frozen=True, slots=True)
class QuarterMoney:
    """What commitments spend in a quarter as approved, minor units of ``currency``."""

    quarter: Quarter
    currency: str
    amount_minor: int


Only = Collection[int] | None
"""Ids of the commitments that count; None counts all."""


def load_money_by_journey(
    session: Session, only: Only = None
) -> dict[str | None, list[QuarterMoney]]:
    """Committed money by journey key, without what was stopped."""
    return _money_by(session, Journey.key, only)


def load_money_by_unit(session: Session, only: Only = None) -> dict[str | None, list[QuarterMoney]]:
    """Committed money by organisation unit, without what was stopped."""
    return _money_by(session, Initiative.unit, only)


def _money_by(
    session: Session, lane: InstrumentedAttribute[Any], only: Only
) -> dict[str | None, list[QuarterMoney]]:
    counts = () if only is None else (Commitment.id.in_(only),)
    rows = session.execute(
        select(
            lane, CommitmentSpend.quarter, Commitment.currency,
            func.sum(CommitmentSpend.amount_minor),
        )
        .join(CommitmentSpend.commitment)
        .join(Commitment.initiative)
        .outerjoin(Initiative.journey)
        .where(Commitment.state.in_(RUNNING), *counts)
        .group_by(lane, CommitmentSpend.quarter, Commitment.currency)
        .order_by(CommitmentSpend.quarter)
    )  # fmt: skip
    found: dict[str | None, list[QuarterMoney]] = {}
    for key, quarter, currency, minor in rows:
        found.setdefault(key, []).append(QuarterMoney(quarter, currency, int(minor)))
    return found


@dataclass(frozen=True, slots=True)
class TeamQuarter:
    """Person-days asked of a team in a quarter; ``available`` None: no cycle gives it any."""

    quarter: Quarter
    demanded: Decimal
    available: Decimal | None


@dataclass(frozen=True, slots=True)
class TeamWork:
    """A team, the commitments it works on and what they ask of it by quarter."""

    id: int
    name: str
    commitments: frozenset[int]
    quarters: tuple[TeamQuarter, ...]


def load_team_work(session: Session, only: Only = None) -> list[TeamWork]:
    """Every team that works on commitments, by name; days without what was stopped.

    Demand counts from each commitment's own start. Where cycles plan the same quarter, the one
    that started last says what is available.
    """
    rows = session.execute(
        select(
            Team.name, OptionDemand.team_id, Commitment.id, Commitment.state, Commitment.start,
            OptionDemand.quarter_index, OptionDemand.days,
        )
        .join(Commitment, Commitment.option_id == OptionDemand.option_id)
        .join(OptionDemand.team)
        .where(OptionDemand.days > 0)
        .order_by(Team.name, Team.id)
    )  # fmt: skip
    names: dict[int, str] = {}
    members: dict[int, set[int]] = {}
    demanded: dict[int, dict[Quarter, Decimal]] = {}
    for name, team_id, commitment_id, state, start, index, days in rows:
        names[team_id] = name
        members.setdefault(team_id, set()).add(commitment_id)
        if state in RUNNING and (only is None or commitment_id in only):
            quarters = demanded.setdefault(team_id, {})
            quarters[start + index] = quarters.get(start + index, Decimal(0)) + days
    available = _available_days(session) if names else {}
    return [
        TeamWork(
            id_,
            name,
            frozenset(members[id_]),
            tuple(
                TeamQuarter(quarter, days, available.get((id_, quarter)))
                for quarter, days in sorted(demanded.get(id_, {}).items())
            ),
        )
        for id_, name in names.items()
    ]


def _available_days(session: Session) -> Mapping[tuple[int, Quarter], Decimal]:
    rows = session.execute(
        select(TeamCapacity.team_id, TeamCapacity.quarter, TeamCapacity.available_days)
        .join(TeamCapacity.cycle)
        .order_by(Cycle.starts_on, Cycle.id)
    )
    return {(team_id, quarter): days for team_id, quarter, days in rows}
