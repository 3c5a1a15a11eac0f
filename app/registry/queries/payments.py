"""The payments that came from one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app.approvals.models import Commitment, LedgerTransfer, SpendBatch, SpendDetail
from app.errors import NotFoundError
from app.initiatives.models import Initiative


@dataclass(frozen=True, slots=True)
class FilePayment:
    """One payment of a file, and whether it was taken back since."""

    id: int
    key: str
    title: str
    spent_on: date
    reference: str
    amount_minor: int
    currency: str
    is_reversed: bool


def get_payments_file(session: Session, batch_id: int) -> SpendBatch:
    """Raises NotFoundError."""
    found = session.get(SpendBatch, batch_id)
    if found is None:
        raise NotFoundError("There is no such file of payments.")
    return found


def list_payments(session: Session, batch_id: int) -> Sequence[FilePayment]:
    """Every payment of a file in the order it was booked."""
    back = aliased(LedgerTransfer)
    rows = session.execute(
        select(
            LedgerTransfer.id, Initiative.key, Initiative.title, SpendDetail.spent_on,
            SpendDetail.reference, LedgerTransfer.amount_minor, LedgerTransfer.currency,
            exists().where(back.reverses_id == LedgerTransfer.id),
        )
        .join(SpendDetail, SpendDetail.transfer_id == LedgerTransfer.id)
        .join(Commitment, Commitment.id == LedgerTransfer.commitment_id)
        .join(Initiative, Initiative.id == Commitment.initiative_id)
        .where(SpendDetail.batch_id == batch_id)
        .order_by(LedgerTransfer.id)
    )  # fmt: skip
    return [FilePayment(*row) for row in rows]
