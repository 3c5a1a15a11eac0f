"""Frozen proposals with their items and hands, and the decisions on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.approvals.rules import (
    DecisionKind,
    HandKind,
    ProposalState,
)
from app.calendar.models import Cycle
from app.db.base import AppendOnly, Base, Kept
from app.db.types import EnumText, MoneyMinor, QuarterType, UtcDateTime
from app.initiatives.models import Initiative, Option
from app.portfolio.models import Run
from app.values.quarter import Quarter


class Proposal(Kept, Base):
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


class ProposalItem(Kept, Base):
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


class ProposalHand(AppendOnly, Base):
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


class Decision(AppendOnly, Base):
    """What the approver said about a proposal; there is one and it never changes.

    ``first_signature_id`` is the signature of somebody else under the same terms, where there is
    one. The guard of its insert keeps what a foreign key would, and more.
    """

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
    first_signature_id: Mapped[int | None]
    terms_digest: Mapped[str | None]

    proposal: Mapped[Proposal] = relationship(back_populates="decision", lazy="raise_on_sql")
    decided_by: Mapped[Person] = relationship(lazy="raise_on_sql")
