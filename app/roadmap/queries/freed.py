"""What becomes of money a hurdle gave back: where it falls, what it left, what it buys now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, defer, joinedload, undefer

from app.accounts.models import Person
from app.approvals.models import Commitment, CommitmentSpend, LedgerTransfer, Tranche
from app.approvals.queries.freed import IS_FREED
from app.approvals.rules import CommitmentState
from app.approvals.rules.tranches import bound_left, can_be_planned
from app.calendar.models import Cycle, Fund
from app.calendar.rules import CycleState
from app.errors import NotFoundError
from app.initiatives.models import Initiative, Option
from app.initiatives.rules import InitiativeState
from app.portfolio.models import Run, Scenario
from app.roadmap.models import HurdleDecision
from app.roadmap.queries.rescoping import kept_of, last_rescope
from app.roadmap.rules import HurdleAction
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class FreedCell:
    """What came back to one fund in one quarter, and whether an open cycle still plans it."""

    fund: str
    quarter: Quarter
    minor: int
    can_be_planned: bool


def load_freed_cells(
    session: Session, commitment: Commitment, freed_minor: int, *, since: int = 0, today: date
) -> list[FreedCell]:
    """Where freed money of a commitment falls, by quarter and fund; one query.

    Minor units: what it gave back in all, without the first ``since`` of that.
    """
    is_open = and_(Cycle.state == CycleState.OPEN, Cycle.currency == commitment.currency)
    amended = last_rescope(commitment.id)
    rows = session.execute(
        select(
            Fund.id, Fund.name, CommitmentSpend.quarter, CommitmentSpend.amount_minor,
            amended, Cycle,
        )
        .join(Fund, Fund.id == CommitmentSpend.fund_id)
        .outerjoin(Cycle, is_open)
        .where(CommitmentSpend.commitment_id == commitment.id)
    ).all()  # fmt: skip
    names = {fund: name for fund, name, *_ in rows}
    spend = {(fund, quarter): int(minor) for fund, _, quarter, minor, *_ in rows}
    kept = kept_of(rows[0][4]) if rows else None
    cycles = {cycle.id: cycle for *_, cycle in rows if cycle is not None}.values()
    spans, now = [cycle.quarters for cycle in cycles], Quarter.containing(today)
    before = bound_left(spend, since, kept) if since else spend
    left = bound_left(spend, freed_minor, kept)
    return [
        FreedCell(
            names[cell[0]], cell[1], before[cell] - left[cell],
            can_be_planned(cell[1], spans, now),
        )
        for cell in sorted(spend, key=lambda cell: (cell[1].ordinal, cell[0]))
        if before[cell] != left[cell]
    ]  # fmt: skip


def load_plannable(
    session: Session, commitment: Commitment, freed_minor: int, *, since: int = 0, today: date
) -> int:
    """How much of freed money falls into quarters that an open cycle still plans, minor units."""
    cells = load_freed_cells(session, commitment, freed_minor, since=since, today=today)
    return sum(cell.minor for cell in cells if cell.can_be_planned)


def find_next_scenario(session: Session, currency: str) -> int | None:
    """The newest scenario of an open cycle in that currency, to plan freed money with."""
    return session.scalar(next_scenario(currency))


def next_scenario(currency: str) -> Select[int]:
    """What ``find_next_scenario`` asks, for a query that asks more."""
    return (
        select(Scenario.id)
        .join(Scenario.cycle)
        .where(Cycle.state == CycleState.OPEN, Cycle.currency == currency)
        .order_by(Cycle.starts_on.desc(), Scenario.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Freed:
    """A decision on a hurdle that gave money back, with what it gave back, minor units."""

    tranche: Tranche
    action: HurdleAction
    decided_at: datetime
    minor: int

    @property
    def commitment(self) -> Commitment:
        return self.tranche.commitment


def get_freed(session: Session, tranche_id: int) -> Freed:
    """The last decision that freed money of the commitment a hurdle belongs to; two queries.

    Raises NotFoundError where nothing was freed.
    """
    commitment_id = select(Tranche.commitment_id).where(Tranche.id == tranche_id).scalar_subquery()
    row = session.execute(
        select(Tranche, HurdleDecision.action, HurdleDecision.decided_at)
        .join(HurdleDecision, HurdleDecision.tranche_id == Tranche.id)
        .where(Tranche.commitment_id == commitment_id, HurdleDecision.action.in_(FREEING))
        .options(
            joinedload(Tranche.milestone),
            joinedload(Tranche.commitment).options(
                joinedload(Commitment.initiative), joinedload(Commitment.option)
            ),
        )
        .order_by(HurdleDecision.id.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFoundError(
            "This initiative gave no money back, so nothing is to be planned again."
        )
    tranche, action, decided_at = row
    minor = session.scalar(
        select(func.sum(LedgerTransfer.amount_minor)).where(
            LedgerTransfer.commitment_id == tranche.commitment_id, *IS_FREED
        )
    )
    return Freed(tranche, action, decided_at, int(minor or 0))


FREEING = (HurdleAction.STOP, HurdleAction.FINISH, HurdleAction.RESCOPE)
"""Decisions on a hurdle that give money back to the budget."""


def find_run_since(
    session: Session, scenario_id: int, since: datetime, wanted: int | None
) -> Run | None:
    """The run ``wanted``, else the newest one of the scenario asked for since then, whole."""
    chosen = Run.id == wanted if wanted is not None else Run.requested_at >= since
    return session.scalar(
        select(Run)
        .where(Run.scenario_id == scenario_id, chosen)
        .options(
            defer(Run.inputs),
            undefer(Run.inputs_content),
            joinedload(Run.job),
            joinedload(Run.requested_by).lazyload(Person.grants),
            joinedload(Run.scenario).joinedload(Scenario.cycle),
        )
        .order_by(Run.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class RunningLine:
    """An approved initiative that goes on, and what it was approved to bring, minor units."""

    key: str
    title: str
    option: str
    start: Quarter
    value_minor: int


def list_running(session: Session, currency: str) -> Sequence[RunningLine]:
    """What was approved in a currency and still acts; a new plan takes its money off first."""
    rows = session.execute(
        select(
            Initiative.key, Initiative.title, Option.name, Commitment.start, Commitment.value_minor
        )
        .join(Commitment.initiative)
        .join(Commitment.option)
        .where(
            Commitment.currency == currency,
            Commitment.state != CommitmentState.STOPPED,
            Initiative.state != InitiativeState.RETIRED,
        )
        .order_by(Initiative.key)
    )
    return [RunningLine(*row) for row in rows]
