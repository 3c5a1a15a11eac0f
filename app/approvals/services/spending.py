"""Book what was really spent, by hand or from a file, and take a wrong booking back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, LedgerTransfer, SpendBatch, SpendDetail
from app.approvals.queries.balances import booked_words, find_reversal, find_spend, load_accounts
from app.approvals.queries.payments import named_actual
from app.approvals.rules import LedgerAccount, TransferKind
from app.approvals.rules.actuals import (
    OTHER_PART,
    Account,
    Actual,
    Payment,
    actual_faults,
    owner_bar,
    repeat_note,
)
from app.approvals.rules.spend_rows import SpendBook, SpendDraft, draft_spend
from app.audit.services import answered_once, record
from app.calendar.models import Fund
from app.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from app.initiatives.models import Initiative
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.table import Table, read_table
from app.values.canonical import digest
from app.values.texts import LONGEST_NOTE

PERMISSION = "spend.book"


@dataclass(frozen=True, slots=True)
class SpendFile:
    """A file of actuals as it came."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        return digest(self.content)


def book_spend(
    session: Session,
    actual: Actual,
    *,
    is_part: bool = False,
    request_key: str,
    actor: Person,
    now: datetime,
) -> int:
    """Book one payment out of a commitment's released money; the transfer's id.

    ``is_part`` says that another payment under the same reference is meant. Raises NotAllowedError
    for role and own initiatives, NotFoundError, InvalidError with a sentence per field.
    """
    _check_role(actor)
    params = _params(actual) | {"is_part": is_part}
    answer: int = _once(
        session, request_key, actor, "spend.booked", params,
        lambda: _booked(session, actual, is_part=is_part, actor=actor, now=now), now,
    )  # fmt: skip
    return answer


def book_payment(
    session: Session, asked: Payment, *, request_key: str, actor: Person, now: datetime
) -> int:
    """Book a payment as a program names it; the transfer's id.

    What the names mean is looked up the first time only, so that the same key gives its first
    answer whatever was renamed or closed since. Raises as `book_spend`.
    """
    _check_role(actor)

    def make() -> int:
        actual = named_actual(session, asked)
        return _booked(session, actual, is_part=asked.is_part, actor=actor, now=now)

    params = asdict(asked) | {
        "amount": f"{asked.amount.normalize():f}",
        "quarter": str(asked.quarter) if asked.quarter else None,
    }
    answer: int = _once(session, request_key, actor, "spend.booked", params, make, now)
    return answer


def _booked(
    session: Session, actual: Actual, *, is_part: bool, actor: Person, now: datetime
) -> int:
    account = _locked_account(session, actual.commitment_id)
    if barred := owner_bar(account, actor.id):
        raise NotAllowedError(barred)
    if faults := actual_faults(actual, account, today=now.date()):
        raise InvalidError("This can't be booked.", fields=faults)
    repeat = repeat_note(actual, account)
    if repeat and not is_part:
        raise InvalidError(f"{repeat} {OTHER_PART}", field="is_part")
    (transfer_id,) = _post(session, [(actual, account)], None, actor, now)
    _record_booked(session, account, [actual], actor, now)
    return transfer_id


def reverse_spend(
    session: Session,
    transfer_id: int,
    *,
    reason: str,
    request_key: str,
    actor: Person,
    now: datetime,
) -> int:
    """Take a whole spend back, once, with a reason; the reversing transfer's id.

    The money is released and unspent again. Raises as `book_spend`, ConflictError if it was
    reversed before.
    """
    _check_role(actor)
    if not reason or len(reason) > LONGEST_NOTE:
        raise InvalidError(
            f"Say in at most {LONGEST_NOTE:,} characters why it is taken back.", field="reason"
        )

    def make() -> int:
        spend = find_spend(session, transfer_id)
        if spend is None:
            raise NotFoundError("There is no such spend.")
        account = _locked_account(session, spend.commitment_id)
        if barred := owner_bar(account, actor.id):
            raise NotAllowedError(barred)
        if find_reversal(session, transfer_id):
            raise ConflictError("This spend was reversed already; nothing is left to take back.")
        made = _reversal(spend, reason, actor, now)
        session.add(made)
        session.flush()
        record(
            session, actor=actor, action="spend.reversed", subject=f"spend:{spend.id}",
            before={"spent_minor": spend.amount_minor},
            after={"initiative": account.key, "reversal": made.id}, reason=reason, now=now,
        )  # fmt: skip
        return made.id

    params = {"transfer": transfer_id, "reason": reason}
    answer: int = _once(session, request_key, actor, "spend.reversed", params, make, now)
    return answer


def preview_spend(session: Session, file: SpendFile, *, actor: Person, now: datetime) -> SpendDraft:
    """Read a file of actuals as booking it would, saving nothing.

    Raises InvalidError at ``file`` when it is no such file at all.
    """
    _check_role(actor)
    table = _table(file)
    return _draft(session, table, actor, now)


def import_spend(
    session: Session, file: SpendFile, *, request_key: str, actor: Person, now: datetime
) -> int:
    """Book every row of a file, or nothing if one row can't be; the batch's id.

    The same bytes are booked once: raises ConflictError. Raises InvalidError for rows with errors.
    """
    _check_role(actor)
    table = _table(file)

    def make() -> int:
        _refuse_known(session, file)
        keys = {row.cells.get("initiative", "") for row in table.rows}
        _lock_commitments(session, keys)
        draft = _draft(session, table, actor, now)
        if draft.errors or not draft.rows:
            raise InvalidError(
                f"{len({one.line for one in draft.errors})} of {draft.row_count} rows have errors."
                " Nothing was booked; mend them in the file and read it again."
            )
        batch = _batch(file, draft, actor, now)
        session.add(batch)
        session.flush()
        _post(session, [(row.actual, row.account) for row in draft.rows], batch.id, actor, now)
        _record_import(session, file, batch, draft, actor, now)
        return batch.id

    answer: int = _once(
        session, request_key, actor, "spend.imported", {"file": file.digest}, make, now
    )
    return answer


def _check_role(actor: Person) -> None:
    if not actor.may(PERMISSION):
        raise NotAllowedError("Only Finance books what was spent.")


def _once(
    session: Session, key: str, actor: Person, action: str, params: dict[str, Any], make: Any,
    now: datetime,
) -> Any:  # fmt: skip
    """Act once per key; what the database's own guard refused becomes a sentence."""
    try:
        return answered_once(
            session, key, actor=actor, action=action, params=params, make=make, now=now
        )
    except IntegrityError as error:
        if "Who owns an initiative" in str(error.orig):
            raise NotAllowedError(
                "You were made the owner at this moment; somebody else in Finance books its spend."
            ) from error
        raise


def _locked_account(session: Session, commitment_id: int) -> Account:
    """A commitment as one that pays, as it is now; who books in it waits until the end."""
    session.execute(
        select(Commitment.id).where(Commitment.id == commitment_id).with_for_update()
    ).all()
    found = load_accounts(session, Commitment.id == commitment_id)
    if not found:
        raise NotFoundError("There is no such commitment; choose one from the list.")
    return found[0]


def _lock_commitments(session: Session, keys: Collection[str]) -> None:
    """Lock the commitments of initiatives in order of their ids, so that no two files tangle."""
    session.execute(
        select(Commitment.id)
        .join(Commitment.initiative)
        .where(Initiative.key.in_(sorted(keys)))
        .order_by(Commitment.id)
        .with_for_update(of=Commitment)
    ).all()


def _table(file: SpendFile) -> Table:
    try:
        return read_table(file.content, file.name)
    except FileRefusedError as error:
        raise InvalidError(str(error), field="file") from error


def _draft(session: Session, table: Table, actor: Person, now: datetime) -> SpendDraft:
    keys = sorted({row.cells.get("initiative", "") for row in table.rows})
    named = select(Initiative.id).where(Initiative.key.in_(keys))
    accounts: dict[str, list[Account]] = {}
    for one in load_accounts(session, Commitment.initiative_id.in_(named)):
        accounts.setdefault(one.key, []).append(one)
    funds: dict[str, int] = {}
    for fund_id, key, name in session.execute(select(Fund.id, Fund.key, Fund.name)):
        funds |= {name: fund_id, key: fund_id}
    try:
        return draft_spend(table, SpendBook(accounts, funds), person_id=actor.id, today=now.date())
    except FileRefusedError as error:
        raise InvalidError(str(error), field="file") from error


def _refuse_known(session: Session, file: SpendFile) -> None:
    if words := booked_words(session, file.digest):
        raise ConflictError(f"{words} Nothing was added.")


def _batch(file: SpendFile, draft: SpendDraft, actor: Person, now: datetime) -> SpendBatch:
    return SpendBatch(
        file_name=file.name[:200],
        digest=file.digest,
        row_count=len(draft.rows),
        sum_minor=draft.sum_minor,
        currency=draft.currency,
        booked_by_id=actor.id,
        booked_at=now,
    )


def _post(
    session: Session,
    payments: Sequence[tuple[Actual, Account]],
    batch_id: int | None,
    actor: Person,
    now: datetime,
) -> list[int]:
    """Write the spends with what they were for; their ids."""
    cycles = _cycles_of(session, {account.commitment_id for _, account in payments})
    made = [
        LedgerTransfer(
            at=now,
            kind=TransferKind.SPEND,
            debit=LedgerAccount.RELEASED,
            credit=LedgerAccount.SPENT,
            amount_minor=actual.amount_minor,
            currency=account.currency,
            cycle_id=cycles[account.commitment_id],
            commitment_id=account.commitment_id,
            reason=f"Paid under {actual.reference}",
            moved_by_id=actor.id,
        )
        for actual, account in payments
    ]
    session.add_all(made)
    session.flush()
    session.add_all(
        SpendDetail(
            transfer_id=transfer.id,
            fund_id=actual.fund_id,
            quarter=actual.quarter,
            spent_on=actual.spent_on,
            reference=actual.reference,
            batch_id=batch_id,
        )
        for transfer, (actual, _) in zip(made, payments, strict=True)
    )
    session.flush()
    return [transfer.id for transfer in made]


def _cycles_of(session: Session, ids: Collection[int]) -> dict[int, int]:
    rows = session.execute(
        select(Commitment.id, Commitment.cycle_id).where(Commitment.id.in_(sorted(ids)))
    )
    return {row.id: row.cycle_id for row in rows}


def _reversal(spend: LedgerTransfer, reason: str, actor: Person, now: datetime) -> LedgerTransfer:
    return LedgerTransfer(
        at=now,
        kind=TransferKind.REVERSE,
        debit=spend.credit,
        credit=spend.debit,
        amount_minor=spend.amount_minor,
        currency=spend.currency,
        cycle_id=spend.cycle_id,
        commitment_id=spend.commitment_id,
        tranche_id=spend.tranche_id,
        reverses_id=spend.id,
        reason=reason,
        moved_by_id=actor.id,
    )


def _params(actual: Actual) -> dict[str, Any]:
    return {
        "commitment": actual.commitment_id,
        "fund": actual.fund_id,
        "quarter": str(actual.quarter),
        "amount_minor": actual.amount_minor,
        "spent_on": actual.spent_on,
        "reference": actual.reference,
    }


def _record_booked(
    session: Session, account: Account, actuals: Sequence[Actual], actor: Person, now: datetime
) -> None:
    added = sum(one.amount_minor for one in actuals)
    record(
        session, actor=actor, action="spend.booked",
        subject=f"commitment:{account.commitment_id}",
        before={"unspent_minor": account.left_minor},
        after={
            "initiative": account.key, "spent_minor": added, "currency": account.currency,
            "references": sorted({one.reference for one in actuals})[:20],
        },
        now=now,
    )  # fmt: skip


def _record_import(
    session: Session,
    file: SpendFile,
    batch: SpendBatch,
    draft: SpendDraft,
    actor: Person,
    now: datetime,
) -> None:
    """The file's own event, and one for every commitment it booked in."""
    record(
        session, actor=actor, action="spend.imported", subject=f"spend_batch:{batch.id}",
        after={
            "file": batch.file_name, "digest": file.digest, "rows": batch.row_count,
            "sum_minor": batch.sum_minor, "currency": batch.currency,
        },
        now=now,
    )  # fmt: skip
    by_commitment: dict[int, list[Any]] = {}
    for row in draft.rows:
        by_commitment.setdefault(row.account.commitment_id, []).append(row)
    for rows in by_commitment.values():
        first = rows[0].account
        _record_booked(session, first, [row.actual for row in rows], actor, now)
