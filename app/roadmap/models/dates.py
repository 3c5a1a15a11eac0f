"""Moved dates of hurdles."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.db.base import Base
from app.db.types import UtcDateTime


class DateMove(Base):
    """A hurdle's date moved, from when to when, by whom and why; append-only."""

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

    tranche: Mapped[Tranche] = relationship(lazy="raise_on_sql")
    moved_by: Mapped[Person] = relationship(lazy="raise_on_sql")
