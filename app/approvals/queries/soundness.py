"""Check the whole ledger against everything that is kept beside it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from app.approvals.models import LedgerTransfer, SpendBatch, SpendDetail
from app.approvals.queries.balances import load_positions
from app.approvals.rules import LedgerAccount, TransferKind
from app.approvals.rules.soundness import position_faults


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """How much was checked, and what does not agree, minor units in the sentences."""

    commitments: int
    movements: int
    faults: tuple[str, ...]


def check_ledger(session: Session) -> LedgerCheck:
    """Recount everything: accounts, hurdles, funds and quarters, reversals and booked files."""
    positions = load_positions(session)
    faults = [fault for one in positions for fault in position_faults(one)]
    faults += _unbalanced(session) + _bare_spends(session) + _crooked_reversals(session)
    faults += _incomplete_files(session)
    movements = session.scalar(select(func.count(LedgerTransfer.id))) or 0
    return LedgerCheck(len(positions), movements, tuple(faults))


def _unbalanced(session: Session) -> list[str]:
    """Currencies whose accounts do not sum to zero, or hold less than nothing."""
    held: dict[str, dict[LedgerAccount, int]] = {}
    for currency, debit, credit, minor in session.execute(
        select(
            LedgerTransfer.currency, LedgerTransfer.debit, LedgerTransfer.credit,
            func.sum(LedgerTransfer.amount_minor),
        ).group_by(LedgerTransfer.currency, LedgerTransfer.debit, LedgerTransfer.credit)
    ):  # fmt: skip
        accounts = held.setdefault(currency, dict.fromkeys(LedgerAccount, 0))
        accounts[debit] -= int(minor)
        accounts[credit] += int(minor)
    found = []
    for currency, accounts in held.items():
        if sum(accounts.values()):
            found.append(f"The accounts in {currency} do not sum to zero.")
        found += [
            f"The account “{account.value}” holds {minor:,} in {currency}."
            for account, minor in accounts.items()
            if minor < 0 and account is not LedgerAccount.BUDGET
        ]
    return found


def _bare_spends(session: Session) -> list[str]:
    ids = session.scalars(
        select(LedgerTransfer.id)
        .outerjoin(SpendDetail, SpendDetail.transfer_id == LedgerTransfer.id)
        .where(LedgerTransfer.kind == TransferKind.SPEND, SpendDetail.transfer_id.is_(None))
        .order_by(LedgerTransfer.id)
    )
    return [f"Movement {id_}: nothing says what this spend was for." for id_ in ids]


def _crooked_reversals(session: Session) -> list[str]:
    original = aliased(LedgerTransfer)
    ids = session.scalars(
        select(LedgerTransfer.id)
        .outerjoin(original, LedgerTransfer.reverses_id == original.id)
        .where(
            LedgerTransfer.kind == TransferKind.REVERSE,
            or_(
                original.id.is_(None),
                original.kind != TransferKind.SPEND,
                original.amount_minor != LedgerTransfer.amount_minor,
                original.commitment_id != LedgerTransfer.commitment_id,
                original.debit != LedgerTransfer.credit,
                original.credit != LedgerTransfer.debit,
            ),
        )
        .order_by(LedgerTransfer.id)
    )
    return [f"Movement {id_}: this reversal does not mirror a spend." for id_ in ids]


def _incomplete_files(session: Session) -> list[str]:
    rows = session.execute(
        select(
            SpendBatch.id, SpendBatch.file_name, SpendBatch.row_count, SpendBatch.sum_minor,
            func.count(LedgerTransfer.id), func.coalesce(func.sum(LedgerTransfer.amount_minor), 0),
        )
        .outerjoin(SpendDetail, SpendDetail.batch_id == SpendBatch.id)
        .outerjoin(LedgerTransfer, LedgerTransfer.id == SpendDetail.transfer_id)
        .group_by(
            SpendBatch.id, SpendBatch.file_name, SpendBatch.row_count, SpendBatch.sum_minor
        )
        .order_by(SpendBatch.id)
    )  # fmt: skip
    return [
        f"File {id_} “{name}”: {rows_:,} rows of {sum_:,} booked, {count:,} of {minor:,} found."
        for id_, name, rows_, sum_, count, minor in rows
        if (rows_, sum_) != (count, minor)
    ]
