"""Read what stops gave back: the capital freed, from the ledger and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, LedgerTransfer, Tranche
from app.approvals.queries.balances import IS_REVERSED
from app.approvals.queries.plannable import load_plannable_totals
from app.approvals.rules import TransferKind
from app.calendar.models import Cycle
from app.initiatives.models import Initiative, Milestone

IS_FREED = (LedgerTransfer.kind == TransferKind.FREE, ~IS_REVERSED)
"""Movements that gave money back to the budget and were not taken back themselves."""


@dataclass(frozen=True, slots=True)
class FreedTotal:
    """What of a cycle's commitments was given back, and from how many initiatives.

    ``plannable`` of it falls into quarters that can still be planned.
    """

    cycle_id: int
    cycle: str
    currency: str
    minor: int
    initiatives: int
    plannable: int = 0


@dataclass(frozen=True, slots=True)
class FreedLine:
    """One movement that freed money; ``tranche_id`` is the hurdle that held it."""

    at: datetime
    minor: int
    currency: str
    cycle: str
    key: str
    title: str
    hurdle: str | None
    tranche_id: int | None
    reason: str
    by: str


def list_freed_totals(session: Session, *, today: date) -> list[FreedTotal]:
    """Capital freed by cycle and currency, the newest cycle first."""
    rows = session.execute(
        select(
            Cycle.id, Cycle.name, LedgerTransfer.currency, func.sum(LedgerTransfer.amount_minor),
            func.count(func.distinct(Commitment.initiative_id)),
        )
        .join(LedgerTransfer, LedgerTransfer.cycle_id == Cycle.id)
        .join(LedgerTransfer.commitment)
        .where(*IS_FREED)
        .group_by(Cycle.id, Cycle.name, Cycle.starts_on, LedgerTransfer.currency)
        .order_by(Cycle.starts_on.desc(), Cycle.id.desc(), LedgerTransfer.currency)
    )  # fmt: skip
    again = load_plannable_totals(session, today=today)
    return [
        FreedTotal(id_, name, code, int(minor), count, again.get((id_, code), 0))
        for id_, name, code, minor, count in rows
    ]


def list_freed(
    session: Session, *, cycle_id: int | None, limit: int, offset: int
) -> tuple[Sequence[FreedLine], int]:
    """The movements behind the totals, the newest first, and how many there are."""
    wanted = IS_FREED if cycle_id is None else (*IS_FREED, LedgerTransfer.cycle_id == cycle_id)
    total = session.scalar(select(func.count(LedgerTransfer.id)).where(*wanted)) or 0
    rows = session.execute(
        _lines().where(*wanted).order_by(LedgerTransfer.id.desc()).limit(limit).offset(offset)
    )
    return [FreedLine(*row) for row in rows], total


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(
            LedgerTransfer.at, LedgerTransfer.amount_minor, LedgerTransfer.currency, Cycle.name,
            Initiative.key, Initiative.title, Milestone.name, LedgerTransfer.tranche_id,
            LedgerTransfer.reason, Person.name,
        )
        .join(LedgerTransfer.commitment)
        .join(Commitment.initiative)
        .join(Commitment.cycle)
        .join(Person, Person.id == LedgerTransfer.moved_by_id)
        .outerjoin(Tranche, Tranche.id == LedgerTransfer.tranche_id)
        .outerjoin(Milestone, Milestone.id == Tranche.milestone_id)
    )  # fmt: skip
