"""Amendments of criteria that were locked when the money was approved."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.db.base import Base, Kept
from app.db.types import EnumText, MeasureType, UtcDateTime
from app.initiatives.models import Criterion
from app.roadmap.models.hurdles import HurdleDecision
from app.roadmap.rules.amending import AmendmentState

_WAITS = text("state = 'waiting'")


class Amendment(Kept, Base):
    """Another threshold or sample of one hurdle's criterion: asked for, then ended once for good.

    The criterion itself never changes; the agreed amendment asked for last is what it is judged
    on. ``evidence_on``: the day the last evidence was recorded before, None if there was none.
    ``answer`` is the reason of who agreed or declined. ``closed_by``: the decision on a hurdle
    that came first.
    """

    __tablename__ = "amendments"
    __table_args__ = (
        Index(
            "uq_amendments_one_waiting", "tranche_id", "criterion_id", unique=True,
            sqlite_where=_WAITS, postgresql_where=_WAITS,
        ),
        CheckConstraint(
            "from_threshold <> to_threshold OR COALESCE(from_sample, 0) <> COALESCE(to_sample, 0)",
            name="changes_something",
        ),
        CheckConstraint("to_sample IS NULL OR to_sample > 0", name="sample_positive"),
        CheckConstraint(
            "(state = 'waiting') = (ended_by_id IS NULL)"
            " AND (state = 'waiting') = (ended_at IS NULL)",
            name="ended_by_somebody",
        ),
        CheckConstraint(
            "state NOT IN ('agreed', 'declined')"
            " OR (ended_by_id <> asked_by_id AND COALESCE(answer, '') <> '')",
            name="four_hands",
        ),
        CheckConstraint(
            "state <> 'withdrawn' OR ended_by_id = asked_by_id", name="withdrawn_by_who_asked"
        ),
        CheckConstraint(
            "(state = 'closed') = (closed_by_id IS NOT NULL)", name="closed_by_a_decision"
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    tranche_id: Mapped[int] = mapped_column(
        ForeignKey("tranches.id", ondelete="RESTRICT"), index=True
    )
    criterion_id: Mapped[int] = mapped_column(
        ForeignKey("criteria.id", ondelete="RESTRICT"), index=True
    )
    state: Mapped[AmendmentState] = mapped_column(EnumText(AmendmentState))
    from_threshold: Mapped[Decimal] = mapped_column(MeasureType)
    from_sample: Mapped[int | None]
    to_threshold: Mapped[Decimal] = mapped_column(MeasureType)
    to_sample: Mapped[int | None]
    reason: Mapped[str]
    evidence_on: Mapped[date | None]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("hurdle_decisions.id", ondelete="RESTRICT")
    )

    tranche: Mapped[Tranche] = relationship(lazy="raise_on_sql")
    criterion: Mapped[Criterion] = relationship(lazy="raise_on_sql")
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id], lazy="raise_on_sql")
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id], lazy="raise_on_sql")
    closed_by: Mapped[HurdleDecision | None] = relationship(lazy="raise_on_sql")
