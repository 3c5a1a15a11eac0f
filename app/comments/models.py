"""Comments and whom they mention."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db.base import Base
from app.db.types import UtcDateTime

_ONE_THING = " + ".join(
    f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END"
    for name in ("initiative_id", "proposal_id", "tranche_id")
)


class Comment(Base):
    """What somebody said about one thing; plain text.

    A deleted one keeps its place without its text, which the audit trail holds.
    """

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint(f"{_ONE_THING} = 1", name="on_one_thing"),
        CheckConstraint("(deleted_at IS NULL) = (deleted_by_id IS NULL)", name="deleted_by_one"),
        CheckConstraint("(deleted_at IS NULL) = (text <> '')", name="text_until_deleted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int | None] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), index=True
    )
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("proposals.id", ondelete="RESTRICT"), index=True
    )
    tranche_id: Mapped[int | None] = mapped_column(
        ForeignKey("tranches.id", ondelete="RESTRICT"), index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str]
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    version: Mapped[int] = mapped_column()

    author: Mapped[Person] = relationship(foreign_keys=[author_id], lazy="raise_on_sql")
    deleted_by: Mapped[Person | None] = relationship(
        foreign_keys=[deleted_by_id], lazy="raise_on_sql"
    )
    mentions: Mapped[list[CommentMention]] = relationship(
        back_populates="comment", lazy="raise_on_sql", cascade="all, delete-orphan",
        order_by="CommentMention.person_id",
    )  # fmt: skip

    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_key(self) -> str:
        return f"comment:{self.id}"


class CommentMention(Base):
    """Somebody whom a comment names; ``read_at`` None while they have not looked at it."""

    __tablename__ = "comment_mentions"
    __table_args__ = (Index("ix_comment_mentions_person_id_read_at", "person_id", "read_at"),)

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="RESTRICT"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="RESTRICT"), primary_key=True
    )
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    comment: Mapped[Comment] = relationship(back_populates="mentions", lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")
