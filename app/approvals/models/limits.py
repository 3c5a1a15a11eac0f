"""How much each approver may approve, the first of two signatures, and what approvals ask for."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.approvals.models.proposals import Decision, Proposal, ProposalItem
from app.db.base import AppendOnly, Base
from app.db.types import MoneyMinor, UtcDateTime


class ApprovalLimit(AppendOnly, Base):
    """The most a person may approve of one plan without a second approver.

    Append-only: the newest row of a person and currency counts. None in ``amount_minor`` lifts the
    limit; without any row there is none.
    """

    __tablename__ = "approval_limits"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint("person_id <> set_by_id", name="set_by_somebody_else"),
        CheckConstraint("reason <> ''", name="has_reason"),
        Index("ix_approval_limits_currency_person", "currency", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    currency: Mapped[str]
    amount_minor: Mapped[int | None] = mapped_column(MoneyMinor)
    reason: Mapped[str]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise_on_sql")
    set_by: Mapped[Person] = relationship(foreign_keys=[set_by_id], lazy="raise_on_sql")


class ApprovalSignature(AppendOnly, Base):
    """The first of two signatures under an approval above the signer's limit.

    ``terms`` says what was signed: struck items and conditions, canonical; ``granted_minor`` is
    what remains.
    """

    __tablename__ = "approval_signatures"
    __table_args__ = (
        UniqueConstraint("proposal_id", "person_id"),
        CheckConstraint("granted_minor >= 0", name="granted_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    digest: Mapped[str]
    granted_minor: Mapped[int] = mapped_column(MoneyMinor)
    terms_digest: Mapped[str]
    reason: Mapped[str]
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    terms: Mapped[bytes] = mapped_column(LargeBinary)

    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class DecisionCondition(AppendOnly, Base):
    """What an approval asks for before money of an item, or of the whole plan, is released."""

    __tablename__ = "decision_conditions"
    __table_args__ = (
        UniqueConstraint("decision_id", "position"),
        CheckConstraint("text <> ''", name="has_text"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id", ondelete="RESTRICT"))
    position: Mapped[int]
    item_id: Mapped[int | None] = mapped_column(
        ForeignKey("proposal_items.id", ondelete="RESTRICT"), index=True
    )
    text: Mapped[str]
    due_on: Mapped[date | None]

    decision: Mapped[Decision] = relationship(lazy="raise_on_sql")
    item: Mapped[ProposalItem | None] = relationship(lazy="raise_on_sql")
    settlement: Mapped[ConditionSettlement | None] = relationship(
        back_populates="condition", lazy="raise_on_sql"
    )


class ConditionSettlement(AppendOnly, Base):
    """That a condition is met, and how that is known; said once."""

    __tablename__ = "condition_settlements"
    __table_args__ = (CheckConstraint("note <> ''", name="has_note"),)

    condition_id: Mapped[int] = mapped_column(
        ForeignKey("decision_conditions.id", ondelete="RESTRICT"), primary_key=True
    )
    note: Mapped[str]
    settled_by_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="RESTRICT"), index=True
    )
    settled_at: Mapped[datetime] = mapped_column(UtcDateTime)

    condition: Mapped[DecisionCondition] = relationship(
        back_populates="settlement", lazy="raise_on_sql"
    )
    settled_by: Mapped[Person] = relationship(lazy="raise_on_sql")
