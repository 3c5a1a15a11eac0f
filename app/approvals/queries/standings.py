"""Read where approved money stands by cycle and by initiative, added up by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.approvals.models import Commitment, CommitmentSpend, LedgerTransfer, SpendDetail, Tranche
from app.approvals.queries.balances import IS_REVERSED
from app.approvals.rules import TrancheState, TransferKind
from app.approvals.rules.cells import Standing
from app.calendar.models import Cycle
from app.initiatives.models import Initiative

_Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class GroupStanding:
    """The money of all commitments of one cycle or one initiative."""

    key: str
    word: str
    standing: Standing


def list_cycle_standings(session: Session, currency: str) -> list[GroupStanding]:
    """The money each cycle approved in a currency, cycles by the first key they committed to."""
    of_currency = Commitment.currency == currency
    first = (
        select(Commitment.cycle_id, func.min(Initiative.key).label("key"))
        .join(Commitment.initiative)
        .where(of_currency)
        .group_by(Commitment.cycle_id)
        .subquery()
    )
    earliest = (
        select(func.min(Commitment.id))
        .join(Commitment.initiative)
        .where(of_currency, Commitment.cycle_id == first.c.cycle_id, Initiative.key == first.c.key)
        .scalar_subquery()
    )
    cycles = session.execute(
        select(Cycle.id, Cycle.name)
        .join(first, first.c.cycle_id == Cycle.id)
        .order_by(first.c.key, earliest)
    ).all()
    found = _standings(session, Commitment.cycle_id, of_currency)
    return [GroupStanding(str(id_), name, found.get(id_, Standing())) for id_, name in cycles]


@dataclass(frozen=True, slots=True)
class InitiativeStandings:
    """The first initiatives a cycle committed to by key, how many there are, and all their money.

    ``total`` is what the lines of all ``count`` add up to, those beyond ``lines`` too.
    """

    lines: Sequence[GroupStanding]
    count: int
    total: Standing


def load_initiative_standings(session: Session, cycle_id: int, *, most: int) -> InitiativeStandings:
    """The money of the first ``most`` initiatives of a cycle and of all of them."""
    of_cycle = Commitment.cycle_id == cycle_id
    rows = session.execute(
        select(Initiative.id, Initiative.key, Initiative.title, func.count().over())
        .where(Initiative.id.in_(select(Commitment.initiative_id).where(of_cycle)))
        .order_by(Initiative.key)
        .limit(most)
    ).all()
    if not rows:
        return InitiativeStandings((), 0, Standing())
    shown = [row[0] for row in rows]
    found = _standings(
        session, Commitment.initiative_id, of_cycle, Commitment.initiative_id.in_(shown)
    )
    return InitiativeStandings(
        [
            GroupStanding(key, f"{key} {title}", found.get(id_, Standing()))
            for id_, key, title, _ in rows
        ],
        rows[0][-1],
        _standings(session, Commitment.cycle_id, of_cycle).get(cycle_id, Standing()),
    )


def _standings(
    session: Session, group: InstrumentedAttribute[int], *conditions: _Condition
) -> dict[int, Standing]:
    """What `standing` says of the conditions' commitments, added up by ``group``; one query."""
    original = aliased(LedgerTransfer)
    moved = (TransferKind.RELEASE, TransferKind.FREE)
    planned, transferred = CommitmentSpend.amount_minor, LedgerTransfer.amount_minor
    parts = (
        select(literal("approved"), group, func.sum(planned))
        .join(CommitmentSpend.commitment)
        .where(*conditions)
        .group_by(group),
        select(LedgerTransfer.kind.label("part"), group, func.sum(transferred))
        .join(LedgerTransfer.commitment)
        .where(LedgerTransfer.kind.in_(moved), *conditions)
        .group_by(LedgerTransfer.kind, group),
        select(original.kind, group, -func.sum(transferred))
        .join(LedgerTransfer.commitment)
        .join(original, LedgerTransfer.reverses_id == original.id)
        .where(original.kind.in_(moved), *conditions)
        .group_by(original.kind, group),
        select(literal("on_hold"), group, func.sum(Tranche.amount_minor))
        .join(Tranche.commitment)
        .where(Tranche.state == TrancheState.HELD, *conditions)
        .group_by(group),
        select(literal("spent"), group, func.sum(transferred))
        .join(SpendDetail.transfer)
        .join(LedgerTransfer.commitment)
        .where(~IS_REVERSED, *conditions)
        .group_by(group),
    )
    found: dict[int, dict[str, int]] = {}
    both: Any = union_all(*parts)
    for part, id_, minor in session.execute(both):
        sums = found.setdefault(id_, {})
        sums[part] = sums.get(part, 0) + int(minor)
    return {id_: _standing(sums) for id_, sums in found.items()}


def _standing(sums: dict[str, int]) -> Standing:
    approved, on_hold = sums.get("approved", 0), sums.get("on_hold", 0)
    released = sums.get(TransferKind.RELEASE.value, 0)
    freed = sums.get(TransferKind.FREE.value, 0)
    return Standing(
        approved=approved,
        released=released,
        reserved=approved - released - freed - on_hold,
        on_hold=on_hold,
        freed=freed,
        spent=sums.get("spent", 0),
    )
