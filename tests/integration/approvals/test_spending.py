"""Actuals are booked out of released money, once, whole, and a wrong one is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, LedgerTransfer, SpendBatch, SpendDetail
from app.approvals.queries import load_balances
from app.approvals.queries.balances import load_gate_history, load_positions
from app.approvals.rules import TransferKind
from app.approvals.rules.cells import standing, standings
from app.approvals.rules.exposure import GateRecord
from app.approvals.services.spending import (
    SpendFile,
    book_spend,
    import_spend,
    preview_spend,
    reverse_spend,
)
from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import AppError, ConflictError, InvalidError, NotAllowedError, NotFoundError
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import decide, measure, tranches_of
from tests.factories.spending import account_of, payment, spend


@pytest.fixture
def commitment(session: Session, cast: Cast, now: datetime) -> Commitment:
    """CX-101, whose first hurdle released its money."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        commitment = make_commitments(session, cast, now, world)["CX-101"]
    release_first(session, commitment.id, cast, now)
    return commitment


def release_first(session: Session, commitment_id: int, cast: Cast, now: datetime) -> None:
    first = tranches_of(session, commitment_id)[0]
    with transaction(session):
        measure(session, first, 17, actor=cast.manager, now=now)
        decide(session, first, HurdleAction.RELEASE, actor=cast.cfo, now=now)


def left(session: Session, commitment: Commitment) -> int:
    return account_of(session, commitment.id).left_minor


def events(session: Session, action: str) -> list[AuditEvent]:
    return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


class TestBookSpend:
    def test_takes_it_from_the_released_money_in_parts(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        released = left(session, commitment)
        with transaction(session):
            spend(session, commitment.id, 10_00, actor=cast.cfo, now=now, key="8" * 32)
        with transaction(session):
            spend(session, commitment.id, released - 10_00, actor=cast.cfo, now=now, key="2" * 32)
        assert left(session, commitment) == 0
        (one,) = load_positions(session, Commitment.id == commitment.id)
        assert one.balance.spent == released == sum(one.spent.values())
        assert [e.subject for e in events(session, "spend.booked")] == [
            f"commitment:{commitment.id}"
        ] * 2

    def test_takes_no_more_than_is_released(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        over = left(session, commitment) + 1
        with pytest.raises(InvalidError) as caught, transaction(session):
            spend(session, commitment.id, over, actor=cast.cfo, now=now)
        assert "released and not yet spent" in caught.value.fields["amount"]
        assert session.scalar(select(func.count(SpendDetail.transfer_id))) == 0

    def test_refuses_a_fund_it_was_not_approved_in(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        with pytest.raises(InvalidError) as caught, transaction(session):
            spend(session, commitment.id, 1, actor=cast.cfo, now=now, fund_id=9_999)
        assert set(caught.value.fields) == {"fund"}

    def test_happens_once_per_key(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        answers = []
        for _ in range(2):
            with transaction(session):
                answers.append(spend(session, commitment.id, 10_00, actor=cast.cfo, now=now))
        assert answers[0] == answers[1]
        assert session.scalar(select(func.count(SpendDetail.transfer_id))) == 1
        with pytest.raises(InvalidError), transaction(session):
            spend(session, commitment.id, 11_00, actor=cast.cfo, now=now)

    def test_asks_back_when_the_invoice_is_booked_already(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        with transaction(session):
            spend(session, commitment.id, 10_00, actor=cast.cfo, now=now)
        again = payment(account_of(session, commitment.id), 10_00, now)
        with pytest.raises(InvalidError) as caught, transaction(session):
            book_spend(session, again, request_key="6" * 32, actor=cast.cfo, now=now)
        assert "€10.00 is booked on CX-101" in str(caught.value.message)
        with transaction(session):
            book_spend(session, again, is_part=True, request_key="7" * 32, actor=cast.cfo, now=now)
        assert account_of(session, commitment.id).booked == {"R-1000": 20_00}

    def test_is_for_finance_and_never_for_the_owner(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        with pytest.raises(NotAllowedError), transaction(session):
            spend(session, commitment.id, 1, actor=cast.manager, now=now)
        with transaction(session):
            session.execute(
                text("UPDATE initiatives SET owner_id = :new WHERE owner_id = :old"),
                {"new": cast.cfo2.id, "old": cast.owner.id},
            )
        with pytest.raises(NotAllowedError, match="You own CX-101"), transaction(session):
            spend(session, commitment.id, 1, actor=cast.cfo2, now=now)

    def test_goes_on_when_its_cycle_is_closed(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        with transaction(session):
            session.execute(text("UPDATE cycles SET state = 'closed'"))
        with transaction(session):
            spend(session, commitment.id, 10_00, actor=cast.cfo, now=now)
        assert account_of(session, commitment.id).booked == {"R-1000": 10_00}


class TestReverseSpend:
    def back(self, session: Session, transfer_id: int, actor: Person, now: datetime) -> int:
        return reverse_spend(
            session, transfer_id, reason="Wrong invoice", request_key=f"{transfer_id:0>32}",
            actor=actor, now=now,
        )  # fmt: skip

    def test_makes_the_money_unspent_again(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        before = left(session, commitment)
        with transaction(session):
            transfer_id = spend(session, commitment.id, 10_00, actor=cast.cfo, now=now)
        with transaction(session):
            self.back(session, transfer_id, cast.cfo2, now)
        assert left(session, commitment) == before
        (one,) = load_positions(session, Commitment.id == commitment.id)
        assert one.spent == {} and one.balance.spent == 0 and one.balance.is_sound
        assert account_of(session, commitment.id).booked == {}
        assert [e.reason for e in events(session, "spend.reversed")] == ["Wrong invoice"]

    def test_happens_once(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        with transaction(session):
            transfer_id = spend(session, commitment.id, 10_00, actor=cast.cfo, now=now)
        with transaction(session):
            first = self.back(session, transfer_id, cast.cfo, now)
        with transaction(session):
            assert self.back(session, transfer_id, cast.cfo, now) == first
        with pytest.raises(ConflictError), transaction(session):
            reverse_spend(
                session, transfer_id, reason="Again", request_key="9" * 32, actor=cast.cfo, now=now
            )

    def test_is_of_spends_only_and_needs_a_reason(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        release = session.scalars(
            select(LedgerTransfer.id).where(LedgerTransfer.kind == TransferKind.RELEASE)
        ).one()
        with pytest.raises(NotFoundError), transaction(session):
            self.back(session, release, cast.cfo, now)
        with pytest.raises(InvalidError), transaction(session):
            reverse_spend(
                session, release, reason="", request_key="9" * 32, actor=cast.cfo, now=now
            )


HEADER = "initiative,fund,paid_on,amount,reference,quarter"


@pytest.fixture
def file(session: Session, now: datetime, commitment: Commitment) -> Callable[..., SpendFile]:
    """A file of payments of CX-101, each an amount and a reference."""
    account = account_of(session, commitment.id)
    fund, quarter = next(iter(account.funds.values())), account.start

    def make(*payments: tuple[str, str], key: str = "CX-101") -> SpendFile:
        rows = [f"{key},{fund},{now.date()},{amount},{ref},{quarter}" for amount, ref in payments]
        return SpendFile("actuals.csv", "\n".join([HEADER, *rows]).encode())

    return make


class TestImportSpend:
    def book(self, session: Session, one: SpendFile, cast: Cast, now: datetime, **more: Any) -> int:
        more = {"request_key": "3" * 32, "actor": cast.cfo} | more
        return import_spend(session, one, now=now, **more)

    def test_books_every_row(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        commitment: Commitment,
        file: Callable[..., SpendFile],
    ) -> None:
        one = file(("10.50", "A"), ("1k", "B"), ("0.01", "=1+1"))
        draft = preview_spend(session, one, actor=cast.cfo, now=now)
        assert (draft.row_count, draft.sum_minor, draft.errors) == (3, 1_010_51, ())
        assert session.scalar(select(func.count(SpendBatch.id))) == 0
        with transaction(session):
            batch_id = self.book(session, one, cast, now)
        batch = session.get_one(SpendBatch, batch_id)
        assert (batch.row_count, batch.sum_minor, batch.currency) == (3, 1_010_51, "EUR")
        assert account_of(session, commitment.id).booked == {
            "A": 10_50, "B": 1_000_00, "=1+1": 1,
        }  # fmt: skip
        assert len(events(session, "spend.imported")) == len(events(session, "spend.booked")) == 1

    def test_books_nothing_when_one_row_is_wrong(
        self, session: Session, cast: Cast, now: datetime, file: Callable[..., SpendFile]
    ) -> None:
        one = file(("10", "A"), ("9bn", "B"))
        with pytest.raises(InvalidError, match="1 of 2 rows"), transaction(session):
            self.book(session, one, cast, now)
        assert session.scalar(select(func.count(SpendDetail.transfer_id))) == 0
        assert not events(session, "spend.imported")

    def test_books_the_same_bytes_once(
        self, session: Session, cast: Cast, now: datetime, file: Callable[..., SpendFile]
    ) -> None:
        one = file(("10", "A"))
        with transaction(session):
            first = self.book(session, one, cast, now)
        with transaction(session):
            assert self.book(session, one, cast, now) == first
        other = replace(one, name="renamed.csv")
        with pytest.raises(ConflictError, match="booked already"), transaction(session):
            self.book(session, other, cast, now, request_key="4" * 32)

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b"{}", b'"'])
    def test_refuses_what_is_no_file_of_actuals(
        self, session: Session, cast: Cast, now: datetime, content: bytes
    ) -> None:
        with pytest.raises(AppError):
            preview_spend(session, SpendFile("x.csv", content), actor=cast.cfo, now=now)

    def test_is_for_finance(
        self, session: Session, cast: Cast, now: datetime, file: Callable[..., SpendFile]
    ) -> None:
        with pytest.raises(NotAllowedError), transaction(session):
            self.book(session, file(("10", "A")), cast, now, actor=cast.lead)


class TestPositions:
    def test_of_a_cycle_add_up_to_its_balances(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        with transaction(session):
            spend(session, commitment.id, 10_00, actor=cast.cfo, now=now)
        found = load_positions(session, Commitment.cycle_id == commitment.cycle_id)
        total = load_balances(session, commitment.cycle_id).total
        whole = [standing(one) for one in found]
        assert sum(one.approved for one in whole) == total.approved
        assert sum(one.reserved + one.on_hold for one in whole) == total.committed
        assert sum(one.released for one in whole) == total.released
        assert sum(one.spent for one in whole) == total.spent == 10_00
        assert len(found) == 3 and all(standings(one) for one in found)

    def test_come_with_the_record_of_all_hurdles(
        self, session: Session, cast: Cast, now: datetime, commitment: Commitment
    ) -> None:
        other = session.scalars(
            select(Commitment.id).where(Commitment.id != commitment.id).limit(1)
        ).one()
        with transaction(session):
            measure(session, tranches_of(session, other)[0], 1, actor=cast.manager, now=now)
            decide(
                session, tranches_of(session, other)[0], HurdleAction.STOP, reason="No effect",
                actor=cast.cfo, now=now,
            )  # fmt: skip
        assert load_gate_history(session).records == {1: GateRecord(1, 2)}
