"""Who handed an initiative over from whom to whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db.base import AppendOnly, Base
from app.db.types import UtcDateTime


class InitiativeHandover(AppendOnly, Base):
    """One change of an owner who was gone; there may be several and none ever changes.

    Whoever owned an initiative once decides nothing about its money later.
    """

    __tablename__ = "initiative_handovers"
    __table_args__ = (
        CheckConstraint("from_owner_id <> to_owner_id", name="to_somebody_else"),
        CheckConstraint("reason <> ''", name="has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), index=True
    )
    from_owner_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    to_owner_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    handed_over_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    handed_over_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str]

    from_owner: Mapped[Person] = relationship(foreign_keys=[from_owner_id], lazy="raise_on_sql")
    to_owner: Mapped[Person] = relationship(foreign_keys=[to_owner_id], lazy="raise_on_sql")
    handed_over_by: Mapped[Person] = relationship(
        foreign_keys=[handed_over_by_id], lazy="raise_on_sql"
    )
