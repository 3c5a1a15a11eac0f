"""Read where the money of commitments stands, down to fund and quarter."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.accounts.models import Person
from app.approvals.models import (
    Commitment,
    CommitmentSpend,
    LedgerTransfer,
    SpendBatch,
    SpendDetail,
    Tranche,
)
from app.approvals.queries.amended import amended_columns, amended_of
from app.approvals.queries.ledger import load_movements
from app.approvals.rules import OPEN_TRANCHES, CommitmentState, TransferKind, balance
from app.approvals.rules.actuals import Account
from app.approvals.rules.cells import Cell, Hurdle, Position
from app.approvals.rules.exposure import GateHistory, gate_history
from app.calendar.models import Cycle, Fund
from app.initiatives.models import Initiative
from app.values.quarter import Quarter

_Condition = ColumnElement[bool]

_reversal = aliased(LedgerTransfer)
IS_REVERSED = (
    select(_reversal.id)
    .where(_reversal.reverses_id == LedgerTransfer.id)
    .correlate(LedgerTransfer)
    .exists()
)
"""Whether a transfer was taken back."""


def load_positions(session: Session, *conditions: _Condition) -> list[Position]:
    """The commitments the conditions on `Commitment` name, by key; five queries."""
    rows = session.execute(
        select(
            Commitment.id, Commitment.cycle_id, Cycle.name, Initiative.key, Initiative.title,
            Commitment.state, Commitment.amount_minor, *amended_columns(),
        )
        .join(Commitment.initiative)
        .join(Commitment.cycle)
        .where(*conditions)
        .order_by(Initiative.key, Commitment.id)
    ).all()  # fmt: skip
    moved = load_movements(session, *conditions)
    planned = _planned(session, conditions)
    spent = _spent(session, conditions)
    hurdles = _hurdles(session, conditions)
    return [
        Position(
            commitment_id=id_,
            cycle_id=cycle_id,
            cycle=cycle,
            key=key,
            title=title,
            state=state,
            balance=balance(amount, moved.get(id_, [])),
            planned=planned.get(id_, {}),
            spent=spent.get(id_, {}),
            hurdles=tuple(hurdles.get(id_, ())),
            amended=amended_of(amended),
        )
        for id_, cycle_id, cycle, key, title, state, amount, *amended in rows
    ]


def _planned(session: Session, conditions: Sequence[_Condition]) -> dict[int, dict[Cell, int]]:
    found: dict[int, dict[Cell, int]] = {}
    for id_, fund, quarter, minor in session.execute(
        select(
            CommitmentSpend.commitment_id, CommitmentSpend.fund_id, CommitmentSpend.quarter,
            CommitmentSpend.amount_minor,
        )
        .join(CommitmentSpend.commitment)
        .where(CommitmentSpend.amount_minor != 0, *conditions)
    ):  # fmt: skip
        found.setdefault(id_, {})[fund, quarter] = minor
    return found


def _spent(session: Session, conditions: Sequence[_Condition]) -> dict[int, dict[Cell, int]]:
    found: dict[int, dict[Cell, int]] = {}
    for id_, fund, quarter, minor in session.execute(
        select(
            LedgerTransfer.commitment_id, SpendDetail.fund_id, SpendDetail.quarter,
            func.sum(LedgerTransfer.amount_minor),
        )
        .join(SpendDetail.transfer)
        .join(LedgerTransfer.commitment)
        .where(~IS_REVERSED, *conditions)
        .group_by(LedgerTransfer.commitment_id, SpendDetail.fund_id, SpendDetail.quarter)
    ):  # fmt: skip
        found.setdefault(id_, {})[fund, quarter] = int(minor)
    return found


FINISHES: list[ScalarSelect[int]] = []
"""Columns for queries of `Tranche`: 1 where an initiative finished early there with the agreed
criteria met, 0 where without, none elsewhere; a later package adds itself."""


def _hurdles(session: Session, conditions: Sequence[_Condition]) -> dict[int, list[Hurdle]]:
    found: dict[int, list[Hurdle]] = {}
    for id_, position, minor, state, due_on, *met in session.execute(
        select(
            Tranche.commitment_id, Tranche.position, Tranche.amount_minor, Tranche.state,
            Tranche.due_on, *FINISHES,
        )
        .join(Tranche.commitment)
        .where(*conditions)
        .order_by(Tranche.commitment_id, Tranche.position)
    ):  # fmt: skip
        was_met = next((bool(one) for one in met if one is not None), None)
        hurdle = Hurdle(position, minor, state, Quarter.containing(due_on), was_met)
        found.setdefault(id_, []).append(hurdle)
    return found


def load_gate_history(session: Session) -> GateHistory:
    """How hurdles at each place passed so far, over all commitments ever made."""
    # Open ones don't count, and are most of them.
    decided = Tranche.state.not_in(OPEN_TRANCHES)
    return gate_history(_hurdles(session, (decided,)).values())


def load_accounts(session: Session, *conditions: _Condition) -> list[Account]:
    """The commitments the conditions on `Commitment` name, as ones that pay; by key."""
    rows = session.execute(
        select(
            Commitment.id, Initiative.key, Initiative.title, Initiative.owner_id, Cycle.name,
            Commitment.currency, Commitment.state, Commitment.start, Commitment.amount_minor,
        )
        .join(Commitment.initiative)
        .join(Commitment.cycle)
        .where(*conditions)
        .order_by(Initiative.key, Commitment.id)
    ).all()  # fmt: skip
    moved = load_movements(session, *conditions)
    planned = _planned(session, conditions)
    names = {one.id: one.name for one in session.execute(select(Fund.id, Fund.name))}
    booked = _booked(session, conditions)
    found = []
    for id_, key, title, owner_id, cycle, currency, state, start, amount in rows:
        cells = planned.get(id_, {})
        money = balance(amount, moved.get(id_, []))
        found.append(
            Account(
                commitment_id=id_,
                key=key,
                title=title,
                cycle=cycle,
                currency=currency,
                is_active=state is CommitmentState.ACTIVE,
                owner_id=owner_id,
                start=start,
                last=max((quarter for _, quarter in cells), default=start),
                left_minor=money.released - money.spent,
                funds={fund: names[fund] for fund in sorted({fund for fund, _ in cells})},
                booked=booked.get(id_, {}),
            )
        )
    return found


def _booked(session: Session, conditions: Sequence[_Condition]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for id_, reference, minor in session.execute(
        select(
            LedgerTransfer.commitment_id, SpendDetail.reference,
            func.sum(LedgerTransfer.amount_minor),
        )
        .join(SpendDetail.transfer)
        .join(LedgerTransfer.commitment)
        .where(~IS_REVERSED, *conditions)
        .group_by(LedgerTransfer.commitment_id, SpendDetail.reference)
    ):  # fmt: skip
        found.setdefault(id_, {})[reference] = int(minor)
    return found


def find_spend(session: Session, transfer_id: int) -> LedgerTransfer | None:
    """A spend with what it was for; None if there is no such movement."""
    return session.scalars(
        select(LedgerTransfer)
        .where(LedgerTransfer.id == transfer_id, LedgerTransfer.kind == TransferKind.SPEND)
        .options(
            joinedload(LedgerTransfer.commitment).joinedload(Commitment.initiative),
            joinedload(LedgerTransfer.detail).joinedload(SpendDetail.fund),
            joinedload(LedgerTransfer.detail).joinedload(SpendDetail.batch),
            joinedload(LedgerTransfer.moved_by).lazyload(Person.grants),
        )
    ).one_or_none()


def find_reversal(session: Session, transfer_id: int) -> LedgerTransfer | None:
    """What took a movement back, if anything did."""
    return session.scalars(
        select(LedgerTransfer)
        .where(LedgerTransfer.reverses_id == transfer_id)
        .options(joinedload(LedgerTransfer.moved_by).lazyload(Person.grants))
    ).one_or_none()


def booked_words(session: Session, digest: str) -> str | None:
    """That a file of these bytes was booked before, whatever it was called; None if not."""
    known = session.scalar(select(SpendBatch.file_name).where(SpendBatch.digest == digest))
    return None if known is None else f"This file was booked already, as “{known}”."


def list_batches(session: Session, *, limit: int) -> Sequence[SpendBatch]:
    """Files of actuals that were booked, the newest first."""
    return session.scalars(
        select(SpendBatch)
        .options(joinedload(SpendBatch.booked_by).lazyload(Person.grants))
        .order_by(SpendBatch.id.desc())
        .limit(limit)
    ).all()
