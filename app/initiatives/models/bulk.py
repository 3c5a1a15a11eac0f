"""What one bulk edit changed, so that it can be undone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.types import CanonicalJson, UtcDateTime


class BulkEdit(Base):
    """One field set on many initiatives at once.

    ``rows`` hold of each its id, its value before as text, its currency before and its version
    after: one that has another version by now was changed since.
    """

    __tablename__ = "bulk_edits"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    column: Mapped[str]
    rows: Mapped[list[list[str | int | None]]] = mapped_column(CanonicalJson)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
