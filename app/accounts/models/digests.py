"""Which days' digests were looked at, so that none is written twice."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.types import UtcDateTime


class Digest(Base):
    """A person's day: written in the transaction of its letter, and also where nothing was to say.

    The database takes one row a person and day, whoever else is at it.
    """

    __tablename__ = "digests"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
