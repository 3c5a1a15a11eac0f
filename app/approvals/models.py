"""Frozen proposals, decisions on them, commitments with tranches, and the ledger."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.approvals.rules import (
    CommitmentState,
    DecisionKind,
    HandKind,
    LedgerAccount,
    ProposalState,
    TrancheState,
    TransferKind,
)
from app.calendar.models import Cycle, Fund
from app.db.base import Base
from app.db.types import EnumText, MoneyMinor, QuarterType, UtcDateTime
from app.initiatives.models import Initiative, Milestone, Option
from app.portfolio.models import Run
from app.values.quarter import Quarter


class Proposal(Base):
    """A plan submitted for approval: the snapshot is what is decided, byte for byte."""

    __tablename__ = "proposals"

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id", ondelete="RESTRICT"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="RESTRICT"))
    round: Mapped[int]
    state: Mapped[ProposalState] = mapped_column(EnumText(ProposalState), index=True)
    note: Mapped[str] = mapped_column(default="")
    digest: Mapped[str]
    currency: Mapped[str]
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()
    # Last, since SQLite walks over everything that stands before a column it reads.
    snapshot: Mapped[bytes] = mapped_column(LargeBinary)

    cycle: Mapped[Cycle] = relationship(lazy="raise_on_sql")
    run: Mapped[Run] = relationship(lazy="raise_on_sql")
    submitted_by: Mapped[Person] = relationship(lazy="raise_on_sql")
    items: Mapped[list[ProposalItem]] = relationship(
        back_populates="proposal", lazy="raise_on_sql", order_by="ProposalItem.position"
    )
    hands: Mapped[list[ProposalHand]] = relationship(
        back_populates="proposal", lazy="raise_on_sql", order_by="ProposalHand.person_id"
    )
    decision: Mapped[Decision | None] = relationship(back_populates="proposal", lazy="raise_on_sql")

    __table_args__ = (
        UniqueConstraint("cycle_id", "round"),
        Index(
            "uq_proposals_one_open", "cycle_id", unique=True,
            sqlite_where=text("state = 'submitted'"),
            postgresql_where=text("state = 'submitted'"),
        ),
    )  # fmt: skip
    __mapper_args__ = {"version_id_col": version}


class ProposalItem(Base):
    """One initiative of a proposal with its option, start and figures as frozen."""

    __tablename__ = "proposal_items"
    __table_args__ = (UniqueConstraint("proposal_id", "initiative_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="RESTRICT"))
    position: Mapped[int]
    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), index=True
    )
    option_id: Mapped[int] = mapped_column(ForeignKey("options.id", ondelete="RESTRICT"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    start: Mapped[Quarter] = mapped_column(QuarterType)
    spend_minor: Mapped[int] = mapped_column(MoneyMinor)
    value_allocated_minor: Mapped[int] = mapped_column(MoneyMinor)
    value_standalone_minor: Mapped[int] = mapped_column(MoneyMinor)
    value_marginal_minor: Mapped[int] = mapped_column(MoneyMinor)
    is_struck: Mapped[bool] = mapped_column(default=False)

    proposal: Mapped[Proposal] = relationship(back_populates="items", lazy="raise_on_sql")
    initiative: Mapped[Initiative] = relationship(lazy="raise_on_sql")
    option: Mapped[Option] = relationship(lazy="raise_on_sql")
    owner: Mapped[Person] = relationship(lazy="raise_on_sql")


class ProposalHand(Base):
    """A person who had a hand in a proposal, in which part, and so can't decide it.

    ``subject`` is the initiative's key, or the scenario's name.
    """

    __tablename__ = "proposal_hands"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposals.id", ondelete="RESTRICT"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    part: Mapped[HandKind] = mapped_column(EnumText(HandKind), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)

    proposal: Mapped[Proposal] = relationship(back_populates="hands", lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Decision(Base):
    """What the approver said about a proposal; there is one and it never changes."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposals.id", ondelete="RESTRICT"), unique=True
    )
    kind: Mapped[DecisionKind] = mapped_column(EnumText(DecisionKind))
    reason: Mapped[str]
    digest: Mapped[str]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)

    proposal: Mapped[Proposal] = relationship(back_populates="decision", lazy="raise_on_sql")
    decided_by: Mapped[Person] = relationship(lazy="raise_on_sql")


class Commitment(Base):
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


class CommitmentSpend(Base):
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


class Tranche(Base):
    """The part of a commitment one hurdle holds. Its first due date is the baseline."""

    __tablename__ = "tranches"
    __table_args__ = (
        UniqueConstraint("commitment_id", "milestone_id"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
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
    due_on: Mapped[date] = mapped_column(index=True)
    state: Mapped[TrancheState] = mapped_column(EnumText(TrancheState), index=True)
    version: Mapped[int] = mapped_column()

    commitment: Mapped[Commitment] = relationship(back_populates="tranches", lazy="raise_on_sql")
    milestone: Mapped[Milestone] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class LedgerTransfer(Base):
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
