"""Read what a quarter asks of journeys, units and teams."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.approvals.models import Commitment, CommitmentSpend
from app.approvals.rules import CommitmentState
from app.calendar.models import Cycle, Fund, Team, TeamCapacity
from app.initiatives.models import Initiative, OptionDemand
from app.journeys.models import Journey
from app.roadmap.rules.works import Demand, Shift
from app.values.names import by_name
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


def load_money_by_owner(session: Session, only: Only = None) -> dict[int, list[QuarterMoney]]:
    """Committed money by the id of the initiative's owner, without what was stopped."""
    return _money_by(session, Initiative.owner_id, only)


@dataclass(frozen=True, slots=True)
class FundWork:
    """A fund, the commitments it pays for and what they take from it by quarter."""

    id: int
    name: str
    commitments: frozenset[int]
    quarters: tuple[QuarterMoney, ...]


def load_fund_work(session: Session, only: Only = None) -> list[FundWork]:
    """Every fund that pays for commitments, by name; money without what was stopped."""
    rows = session.execute(
        select(Fund.id, Fund.name, CommitmentSpend.commitment_id)
        .join(CommitmentSpend.fund)
        .where(CommitmentSpend.amount_minor > 0)
        .distinct()
    )
    names: dict[int, str] = {}
    paid: dict[int, set[int]] = {}
    for id_, name, commitment_id in rows:
        names[id_] = name
        paid.setdefault(id_, set()).add(commitment_id)
    money: dict[int, list[QuarterMoney]] = _money_by(session, CommitmentSpend.fund_id, only)
    return [
        FundWork(id_, name, frozenset(paid[id_]), tuple(money.get(id_, ())))
        for id_, name in by_name(names.items(), lambda one: one[1])
    ]


def _money_by(
    session: Session, lane: InstrumentedAttribute[Any], only: Only
) -> dict[Any, list[QuarterMoney]]:
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
    found: dict[Any, list[QuarterMoney]] = {}
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


@dataclass(frozen=True, slots=True)
class TeamDemand:
    """All that is asked of teams: names by id, demands with whether they still count, days there.

    Where cycles plan the same quarter, the one that started last says what is available.
    """

    names: Mapping[int, str]
    demands: Sequence[tuple[Demand, bool]]
    available: Mapping[tuple[int, Quarter], Decimal]

    def loads(
        self, shifts: Mapping[int, Sequence[Shift]], only: Only = None
    ) -> dict[tuple[int, Quarter], Decimal]:
        """Days by team and quarter with the work where the shifts put it."""
        found: dict[tuple[int, Quarter], Decimal] = {}
        for one, counts in self.demands:
            if counts and (only is None or one.work_id in only):
                cell = one.team_id, one.quarter(shifts.get(one.work_id, ()))
                found[cell] = found.get(cell, Decimal(0)) + one.days
        return found


def load_team_demand(session: Session) -> TeamDemand:
    """What commitments ask of teams from their starts on; stopped ones count no more."""
    rows = session.execute(
        select(
            Team.name, OptionDemand.team_id, Commitment.id, Commitment.state, Commitment.start,
            OptionDemand.quarter_index, OptionDemand.days,
        )
        .join(Commitment, Commitment.option_id == OptionDemand.option_id)
        .join(OptionDemand.team)
        .where(OptionDemand.days > 0)
        .order_by(Team.id)
    )  # fmt: skip
    names: dict[int, str] = {}
    demands: list[tuple[Demand, bool]] = []
    for name, team_id, commitment_id, state, start, index, days in rows:
        names[team_id] = name
        demands.append((Demand(team_id, commitment_id, start, index, days), state in RUNNING))
    names = dict(by_name(names.items(), lambda one: one[1]))
    return TeamDemand(names, demands, _available_days(session) if names else {})


def load_team_work(
    session: Session, shifts: Mapping[int, Sequence[Shift]], only: Only = None
) -> list[TeamWork]:
    """Every team that works on commitments, by name; days without what was stopped.

    Demand counts from each commitment's start, wherever the shifts moved the work since.
    """
    asked = load_team_demand(session)
    loads = asked.loads(shifts, only)
    return [
        TeamWork(
            id_,
            name,
            frozenset(one.work_id for one, _ in asked.demands if one.team_id == id_),
            tuple(
                TeamQuarter(quarter, days, asked.available.get((id_, quarter)))
                for (team_id, quarter), days in sorted(loads.items())
                if team_id == id_
            ),
        )
        for id_, name in asked.names.items()
    ]


def _available_days(session: Session) -> Mapping[tuple[int, Quarter], Decimal]:
    rows = session.execute(
        select(TeamCapacity.team_id, TeamCapacity.quarter, TeamCapacity.available_days)
        .join(TeamCapacity.cycle)
        .order_by(Cycle.starts_on, Cycle.id)
    )
    return {(team_id, quarter): days for team_id, quarter, days in rows}
