"""Commitments with their spend and tranches, the ledger, and what its spends were for."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.approvals.models.proposals import Decision
from app.approvals.rules import (
    CommitmentState,
    LedgerAccount,
    TrancheState,
    TransferKind,
)
from app.calendar.models import Cycle, Fund
from app.db.base import AppendOnly, Base, Kept
from app.db.types import EnumText, MoneyMinor, QuarterType, UtcDateTime
from app.initiatives.models import Initiative, Milestone, Option
from app.values.quarter import Quarter


class Commitment(Kept, Base):
    """Money promised to one initiative by a decision."""

    __tablename__ = "commitments"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        UniqueConstraint("decision_id", "initiative_id"),
        Index(
            "uq_commitments_one_active", "initiative_id", unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("decisions.id", ondelete="RESTRICT"), index=True
    )
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id", ondelete="RESTRICT"), index=True)
    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), index=True
    )
    option_id: Mapped[int] = mapped_column(ForeignKey("options.id", ondelete="RESTRICT"))
    start: Mapped[Quarter] = mapped_column(QuarterType)
    ends_on: Mapped[date]
    state: Mapped[CommitmentState] = mapped_column(EnumText(CommitmentState), index=True)
    amount_minor: Mapped[int] = mapped_column(MoneyMinor)
    value_minor: Mapped[int] = mapped_column(MoneyMinor)
    currency: Mapped[str]
    version: Mapped[int] = mapped_column()

    decision: Mapped[Decision] = relationship(lazy="raise_on_sql")
    cycle: Mapped[Cycle] = relationship(lazy="raise_on_sql")
    initiative: Mapped[Initiative] = relationship(lazy="raise_on_sql")
    option: Mapped[Option] = relationship(lazy="raise_on_sql")
    spend: Mapped[list[CommitmentSpend]] = relationship(
        back_populates="commitment", lazy="raise_on_sql", order_by="CommitmentSpend.quarter"
    )
    tranches: Mapped[list[Tranche]] = relationship(
        back_populates="commitment", lazy="raise_on_sql", order_by="Tranche.position"
    )

    __mapper_args__ = {"version_id_col": version}


class CommitmentSpend(AppendOnly, Base):
    """The committed money by fund and quarter, as approved."""

    __tablename__ = "commitment_spend"

    commitment_id: Mapped[int] = mapped_column(
        ForeignKey("commitments.id", ondelete="RESTRICT"), primary_key=True
    )
    fund_id: Mapped[int] = mapped_column(
        ForeignKey("funds.id", ondelete="RESTRICT"), primary_key=True
    )
    quarter: Mapped[Quarter] = mapped_column(QuarterType, primary_key=True)
    amount_minor: Mapped[int] = mapped_column(MoneyMinor)

    commitment: Mapped[Commitment] = relationship(back_populates="spend", lazy="raise_on_sql")
    fund: Mapped[Fund] = relationship(lazy="raise_on_sql")


class Tranche(Kept, Base):
    """The part of a commitment one hurdle holds. Its first due date is the baseline."""

    __tablename__ = "tranches"
    __table_args__ = (
        UniqueConstraint("commitment_id", "milestone_id"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        # All that the gate calendar counts by day, so that it reads no rows for it.
        Index("ix_tranches_due", "due_on", "state", "currency", "amount_minor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id", ondelete="RESTRICT"))
    milestone_id: Mapped[int] = mapped_column(
        ForeignKey("milestones.id", ondelete="RESTRICT"), index=True
    )
    position: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(MoneyMinor)
    currency: Mapped[str]
    baseline_due_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[TrancheState] = mapped_column(EnumText(TrancheState), index=True)
    version: Mapped[int] = mapped_column()

    commitment: Mapped[Commitment] = relationship(back_populates="tranches", lazy="raise_on_sql")
    milestone: Mapped[Milestone] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class LedgerTransfer(AppendOnly, Base):
    """Money moved from account ``debit`` to account ``credit``; append-only, so it sums to zero."""

    __tablename__ = "ledger_transfers"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        CheckConstraint(
            "(kind = 'commit' AND debit = 'budget' AND credit = 'committed')"
            " OR (kind = 'release' AND debit = 'committed' AND credit = 'released')"
            " OR (kind = 'free' AND debit = 'committed' AND credit = 'budget')"
            " OR (kind = 'spend' AND debit = 'released' AND credit = 'spent')"
            " OR (kind = 'reverse' AND reverses_id IS NOT NULL)",
            name="accounts_fit_kind",
        ),
        CheckConstraint("kind <> 'release' OR tranche_id IS NOT NULL", name="release_of_a_tranche"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[TransferKind] = mapped_column(EnumText(TransferKind))
    debit: Mapped[LedgerAccount] = mapped_column(EnumText(LedgerAccount))
    credit: Mapped[LedgerAccount] = mapped_column(EnumText(LedgerAccount))
    amount_minor: Mapped[int] = mapped_column(MoneyMinor)
    currency: Mapped[str]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id", ondelete="RESTRICT"), index=True)
    commitment_id: Mapped[int] = mapped_column(
        ForeignKey("commitments.id", ondelete="RESTRICT"), index=True
    )
    tranche_id: Mapped[int | None] = mapped_column(
        ForeignKey("tranches.id", ondelete="RESTRICT"), index=True
    )
    reverses_id: Mapped[int | None] = mapped_column(
        ForeignKey("ledger_transfers.id", ondelete="RESTRICT"), unique=True
    )
    reason: Mapped[str]
    moved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))

    commitment: Mapped[Commitment] = relationship(lazy="raise_on_sql")
    tranche: Mapped[Tranche | None] = relationship(lazy="raise_on_sql")
    moved_by: Mapped[Person] = relationship(lazy="raise_on_sql")
    detail: Mapped[SpendDetail | None] = relationship(
        back_populates="transfer", lazy="raise_on_sql"
    )


class SpendBatch(AppendOnly, Base):
    """A file of actuals that was booked whole; the same bytes are booked once."""

    __tablename__ = "spend_batches"
    __table_args__ = (CheckConstraint("row_count > 0", name="has_rows"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    row_count: Mapped[int]
    sum_minor: Mapped[int] = mapped_column(MoneyMinor)
    currency: Mapped[str]
    booked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    booked_by: Mapped[Person] = relationship(lazy="raise_on_sql")


class SpendDetail(AppendOnly, Base):
    """The fund and quarter a spend counts in, the day it was paid, and the paper that says so."""

    __tablename__ = "spend_details"
    __table_args__ = (CheckConstraint("reference <> ''", name="reference_given"),)

    transfer_id: Mapped[int] = mapped_column(
        ForeignKey("ledger_transfers.id", ondelete="RESTRICT"), primary_key=True
    )
    fund_id: Mapped[int] = mapped_column(ForeignKey("funds.id", ondelete="RESTRICT"))
    quarter: Mapped[Quarter] = mapped_column(QuarterType)
    spent_on: Mapped[date]
    reference: Mapped[str]
    batch_id: Mapped[int | None] = mapped_column(
        ForeignKey("spend_batches.id", ondelete="RESTRICT"), index=True
    )

    transfer: Mapped[LedgerTransfer] = relationship(back_populates="detail", lazy="raise_on_sql")
    fund: Mapped[Fund] = relationship(lazy="raise_on_sql")
    batch: Mapped[SpendBatch | None] = relationship(lazy="raise_on_sql")
