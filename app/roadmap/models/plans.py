"""Plan versions of a cycle, and the work they move."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.approvals.models import Commitment
from app.calendar.models import Cycle
from app.db.base import AppendOnly, Base
from app.db.types import CanonicalJson, EnumText, UtcDateTime
from app.roadmap.rules.reasons import MoveReason


class PlanVersion(AppendOnly, Base):
    """The roadmap of a cycle as saved at one moment; append-only, numbered from 1.

    Version 0 is what was approved and has no row. What a version moved are its `DateMove` and
    `WorkMove` rows; everything else stays as in the version before. ``overloads``: the quarters of
    teams over 100 % by then, as `app.roadmap.rules.overloads` writes them; None before 0046.
    """

    __tablename__ = "plan_versions"
    __table_args__ = (
        UniqueConstraint("cycle_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id", ondelete="RESTRICT"))
    number: Mapped[int]
    reason: Mapped[MoveReason] = mapped_column(EnumText(MoveReason))
    note: Mapped[str]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    overloads: Mapped[list[dict[str, str]] | None] = mapped_column(CanonicalJson)

    cycle: Mapped[Cycle] = relationship(lazy="raise_on_sql")
    saved_by: Mapped[Person] = relationship(lazy="raise_on_sql")


class WorkMove(AppendOnly, Base):
    """Work of a commitment that was planned from ``from_on`` on goes on from ``to_on``.

    Before an initiative has begun that is its start; afterwards what is left of it. Append-only.
    """

    __tablename__ = "work_moves"
    __table_args__ = (
        UniqueConstraint("plan_version_id", "commitment_id"),
        CheckConstraint("from_on <> to_on", name="moves"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_version_id: Mapped[int] = mapped_column(
        ForeignKey("plan_versions.id", ondelete="RESTRICT")
    )
    commitment_id: Mapped[int] = mapped_column(
        ForeignKey("commitments.id", ondelete="RESTRICT"), index=True
    )
    from_on: Mapped[date]
    to_on: Mapped[date]
    cause: Mapped[MoveReason] = mapped_column(EnumText(MoveReason))

    plan_version: Mapped[PlanVersion] = relationship(lazy="raise_on_sql")
    commitment: Mapped[Commitment] = relationship(lazy="raise_on_sql")
