"""Mappings that people made and kept to read the next file by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db.base import Base
from app.db.types import CanonicalJson, UtcDateTime


class LogMapping(Base):
    """A mapping of logs under a name that people chose; ``content`` is as its JSON file holds it.

    The mapping's own ``name`` in it tells its content, by which a file is known again.
    """

    __tablename__ = "log_mappings"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(unique=True)
    content: Mapped[dict[str, object]] = mapped_column(CanonicalJson)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    saved_by: Mapped[Person] = relationship(lazy="raise_on_sql")
