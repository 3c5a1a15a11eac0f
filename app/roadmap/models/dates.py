"""Moved dates of hurdles."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.db.base import AppendOnly, Base
from app.db.types import EnumText, UtcDateTime
from app.roadmap.models.plans import PlanVersion
from app.roadmap.rules.reasons import MoveReason


class DateMove(AppendOnly, Base):
    """A hurdle's date moved, from when to when, by whom and why; append-only.

    ``cause`` is the reason from the list: a hurdle that follows another initiative has its own.
    Moves from before there were plan versions have neither version nor cause.
    """

    __tablename__ = "date_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    tranche_id: Mapped[int] = mapped_column(
        ForeignKey("tranches.id", ondelete="RESTRICT"), index=True
    )
    from_on: Mapped[date]
    to_on: Mapped[date]
    reason: Mapped[str]
    moved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    plan_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("plan_versions.id", ondelete="RESTRICT"), index=True
    )
    cause: Mapped[MoveReason | None] = mapped_column(EnumText(MoveReason))

    tranche: Mapped[Tranche] = relationship(lazy="raise_on_sql")
    moved_by: Mapped[Person] = relationship(lazy="raise_on_sql")
    plan_version: Mapped[PlanVersion | None] = relationship(lazy="raise_on_sql")
