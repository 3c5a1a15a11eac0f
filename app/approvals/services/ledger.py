"""Move committed money by decisions on hurdles; the decisions themselves are the roadmap's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Person
from app.approvals.models import Commitment, LedgerTransfer, Tranche
from app.approvals.queries.ledger import load_movements
from app.approvals.rules import (
    OPEN_TRANCHES,
    Balance,
    CommitmentState,
    LedgerAccount,
    TrancheState,
    TransferKind,
    balance,
)
from app.errors import ConflictError


def lock_commitment(session: Session, commitment_id: int) -> tuple[Commitment, list[Tranche]]:
    """A commitment and its tranches as they are now, locked until the end of the transaction."""
    commitment = session.scalars(
        select(Commitment)
        .where(Commitment.id == commitment_id)
        .options(joinedload(Commitment.initiative))
        .with_for_update(of=Commitment)
        .execution_options(populate_existing=True)
    ).one()
    tranches = session.scalars(
        select(Tranche)
        .where(Tranche.commitment_id == commitment_id)
        .options(joinedload(Tranche.milestone))
        .order_by(Tranche.position)
        .with_for_update(of=Tranche)
        .execution_options(populate_existing=True)
    ).all()
    return commitment, list(tranches)


def commitment_balance(session: Session, commitment: Commitment) -> Balance:
    """Where the money of one commitment stands now."""
    movements = load_movements(session, Commitment.id == commitment.id)
    return balance(commitment.amount_minor, movements.get(commitment.id, []))


def release_tranche(
    session: Session,
    commitment: Commitment,
    tranche: Tranche,
    *,
    reason: str,
    actor: Person,
    now: datetime,
) -> int:
    """Pay a tranche out of what is committed; the sum in minor units.

    Both come locked from `lock_commitment`. The decision on the hurdle is stored already.
    """
    _check_open(tranche)
    if tranche.amount_minor > commitment_balance(session, commitment).committed:
        raise ConflictError("The commitment does not hold that much any more.")
    tranche.state = TrancheState.RELEASED
    _post(session, commitment, tranche, TransferKind.RELEASE, reason, actor, now)
    session.flush()
    return tranche.amount_minor


def free_tranches(
    session: Session,
    commitment: Commitment,
    tranches: Sequence[Tranche],
    *,
    ends_as: CommitmentState = CommitmentState.STOPPED,
    reason: str,
    actor: Person,
    now: datetime,
) -> int:
    """Give tranches back to the budget and end the commitment; the freed sum in minor units."""
    for tranche in tranches:
        _check_open(tranche)
        tranche.state = TrancheState.FREED
        _post(session, commitment, tranche, TransferKind.FREE, reason, actor, now)
    commitment.state = ends_as
    session.flush()
    return sum(tranche.amount_minor for tranche in tranches)


def shrink_tranches(
    session: Session,
    commitment: Commitment,
    amounts: Mapping[int, int],
    tranches: Sequence[Tranche],
    *,
    reason: str,
    actor: Person,
    now: datetime,
) -> int:
    """Let open tranches hold less and give the difference back; the freed sum in minor units.

    ``amounts`` is what each holds from now on, by id. The rescope that says so is stored already.
    """
    for tranche in tranches:
        _check_open(tranche)
    freed = sum(one.amount_minor - amounts[one.id] for one in tranches)
    session.add(_transfer(commitment, None, TransferKind.FREE, freed, reason, actor, now))
    session.flush()
    for tranche in tranches:
        tranche.amount_minor = amounts[tranche.id]
    session.flush()
    return freed


def complete_commitment(session: Session, commitment: Commitment) -> None:
    """Close a commitment whose last tranche was released."""
    commitment.state = CommitmentState.COMPLETED
    session.flush()


def _check_open(tranche: Tranche) -> None:
    if tranche.state not in OPEN_TRANCHES:
        raise ConflictError("This hurdle is decided already; its money moved then.")


def _post(
    session: Session,
    commitment: Commitment,
    tranche: Tranche,
    kind: TransferKind,
    reason: str,
    actor: Person,
    now: datetime,
) -> None:
    """Write the movement; a tranche that holds nothing moves nothing."""
    if not tranche.amount_minor:
        return
    amount = tranche.amount_minor
    session.add(_transfer(commitment, tranche.id, kind, amount, reason, actor, now))


def _transfer(
    commitment: Commitment,
    tranche_id: int | None,
    kind: TransferKind,
    amount_minor: int,
    reason: str,
    actor: Person,
    now: datetime,
) -> LedgerTransfer:
    to = LedgerAccount.RELEASED if kind is TransferKind.RELEASE else LedgerAccount.BUDGET
    return LedgerTransfer(
        at=now,
        kind=kind,
        debit=LedgerAccount.COMMITTED,
        credit=to,
        amount_minor=amount_minor,
        currency=commitment.currency,
        cycle_id=commitment.cycle_id,
        commitment_id=commitment.id,
        tranche_id=tranche_id,
        reason=reason,
        moved_by_id=actor.id,
    )
