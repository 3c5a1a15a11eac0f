"""Rows beside the initiatives: imported files and the numbering of keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.types import CanonicalJson, UtcDateTime


class ImportBatch(Base):
    """One file taken into the registry, whole."""

    __tablename__ = "import_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    file_digest: Mapped[str]
    mapping_name: Mapped[str]
    row_count: Mapped[int]
    initiative_count: Mapped[int]
    milestone_count: Mapped[int]
    issues: Mapped[list[dict[str, object]]] = mapped_column(CanonicalJson)
    imported_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("file_digest", "mapping_name"),)


class KeySeries(Base):
    """The last number given out for keys such as ``CX-101``; its row is what makers wait for."""

    __tablename__ = "key_series"

    prefix: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int]
