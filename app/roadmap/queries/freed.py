"""What becomes of money a stop frees: where it falls, and where it can be planned with again."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, CommitmentSpend
from app.approvals.rules.tranches import spend_left
from app.calendar.models import Cycle
from app.calendar.rules import CycleState
from app.portfolio.models import Scenario
from app.values.quarter import Quarter


def load_plannable(
    session: Session, commitment: Commitment, freed_minor: int, *, today: date
) -> int:
    """How much of freed money falls into quarters that an open cycle still plans, minor units."""
    rows = session.execute(
        select(CommitmentSpend.fund_id, CommitmentSpend.quarter, CommitmentSpend.amount_minor)
        .where(CommitmentSpend.commitment_id == commitment.id)
    )  # fmt: skip
    spend = {(fund, quarter): int(minor) for fund, quarter, minor in rows}
    cycles = session.scalars(
        select(Cycle).where(Cycle.state == CycleState.OPEN, Cycle.currency == commitment.currency)
    ).all()
    now = Quarter.containing(today)
    left = spend_left(spend, freed_minor)
    return sum(
        minor - left[cell]
        for cell, minor in spend.items()
        if cell[1] >= now and any(cell[1] in cycle.quarters for cycle in cycles)
    )


def find_next_scenario(session: Session, currency: str) -> int | None:
    """The newest scenario of an open cycle in that currency, to plan freed money with."""
    return session.scalar(
        select(Scenario.id)
        .join(Scenario.cycle)
        .where(Cycle.state == CycleState.OPEN, Cycle.currency == currency)
        .order_by(Cycle.starts_on.desc(), Scenario.id.desc())
        .limit(1)
    )
