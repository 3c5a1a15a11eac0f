"""What was saved from files that name things which are here already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.types import CanonicalJson, EnumText, UtcDateTime
from app.registry.rules import RowKind


class RegistryEdit(Base):
    """One file whose cells were saved into the registry, whole; what it changed, cell by cell.

    ``changes`` are rows of sheet, identity, column, old and new text; ``versions`` say in which
    version it left each initiative, so that it can be told whether somebody worked on since.
    """

    __tablename__ = "registry_edits"
    __table_args__ = (
        CheckConstraint("(undone_by_id IS NULL) = (undone_at IS NULL)", name="undone_by_and_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RowKind] = mapped_column(EnumText(RowKind))
    file_name: Mapped[str]
    file_digest: Mapped[str]
    cell_count: Mapped[int]
    initiative_count: Mapped[int]
    changes: Mapped[list[dict[str, str]]] = mapped_column(CanonicalJson)
    versions: Mapped[dict[str, int]] = mapped_column(CanonicalJson)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ColumnMapping(Base):
    """Which column of a foreign file means what, kept under a name for files with these headers."""

    __tablename__ = "column_mappings"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RowKind] = mapped_column(EnumText(RowKind))
    name: Mapped[str]
    headers: Mapped[list[str]] = mapped_column(CanonicalJson)
    columns: Mapped[dict[str, str]] = mapped_column(CanonicalJson)
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
