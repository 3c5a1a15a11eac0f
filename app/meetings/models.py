"""Gate meetings with agenda, attendees and minutes; the database keeps closed ones as they are."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.db.base import Base, Kept
from app.db.types import EnumText, UtcDateTime
from app.meetings.rules import MeetingState


class GateMeeting(Kept, Base):
    """Hurdles decided together on one day.

    ``content`` are the closed minutes as canonical JSON bytes, ``content_digest`` their digest.
    """

    __tablename__ = "gate_meetings"
    __table_args__ = (
        CheckConstraint(
            "(state = 'closed') = (content IS NOT NULL AND content_digest IS NOT NULL"
            " AND closed_at IS NOT NULL AND closed_by_id IS NOT NULL)",
            name="closed_with_minutes",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    held_on: Mapped[date] = mapped_column(index=True)
    state: Mapped[MeetingState] = mapped_column(EnumText(MeetingState))
    guests: Mapped[str] = mapped_column(default="")
    called_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    called_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    content_digest: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    # Last, since SQLite walks over everything that stands before a column it reads.
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    called_by: Mapped[Person] = relationship(foreign_keys=[called_by_id], lazy="raise_on_sql")
    changed_by: Mapped[Person] = relationship(foreign_keys=[changed_by_id], lazy="raise_on_sql")
    closed_by: Mapped[Person | None] = relationship(
        foreign_keys=[closed_by_id], lazy="raise_on_sql"
    )
    items: Mapped[list[MeetingItem]] = relationship(
        back_populates="meeting", lazy="raise_on_sql", order_by="MeetingItem.position",
        cascade="all, delete-orphan",
    )  # fmt: skip
    attendees: Mapped[list[MeetingAttendee]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_open(self) -> bool:
        return self.state is MeetingState.OPEN


class MeetingItem(Kept, Base):
    """A hurdle on an agenda, in order, with what was said about it."""

    __tablename__ = "meeting_items"
    __table_args__ = (
        UniqueConstraint("meeting_id", "tranche_id"),
        CheckConstraint("position >= 1", name="position_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("gate_meetings.id", ondelete="RESTRICT"))
    tranche_id: Mapped[int] = mapped_column(
        ForeignKey("tranches.id", ondelete="RESTRICT"), index=True
    )
    position: Mapped[int]
    note: Mapped[str] = mapped_column(default="")

    meeting: Mapped[GateMeeting] = relationship(back_populates="items", lazy="raise_on_sql")
    tranche: Mapped[Tranche] = relationship(lazy="raise_on_sql")


class MeetingAttendee(Kept, Base):
    """A person who was there."""

    __tablename__ = "meeting_attendees"

    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("gate_meetings.id", ondelete="RESTRICT"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="RESTRICT"), primary_key=True
    )

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
