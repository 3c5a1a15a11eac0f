"""What the customers of a segment want on a journey, and how that is known."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db.base import Base
from app.db.types import CanonicalJson, EnumText, UtcDateTime
from app.journeys.models.journeys import Journey
from app.journeys.rules import NeedKind

_LIVE = text("retired_at IS NULL")


class CustomerNeed(Base):
    """What one segment asks for and needs on one journey; retired, it stays on the record.

    ``channels`` are those the customers prefer, by their fixed words, the most preferred first.
    """

    __tablename__ = "customer_needs"
    __table_args__ = (
        Index(
            "uq_customer_needs_journey_id_segment", "journey_id", "segment", unique=True,
            sqlite_where=_LIVE, postgresql_where=_LIVE,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[int] = mapped_column(
        ForeignKey("journeys.id", ondelete="RESTRICT"), index=True
    )
    segment: Mapped[str]
    channels: Mapped[list[str]] = mapped_column(CanonicalJson)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_because: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column()

    journey: Mapped[Journey] = relationship(lazy="raise_on_sql")
    recorded_by: Mapped[Person] = relationship(lazy="raise_on_sql")
    statements: Mapped[list[NeedStatement]] = relationship(
        back_populates="need", lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class NeedStatement(Base):
    """One part of a need with the evidence behind it: where from, of when, how many asked."""

    __tablename__ = "need_statements"
    __table_args__ = (
        UniqueConstraint("need_id", "kind"),
        CheckConstraint("sample_size > 0", name="sample_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("customer_needs.id", ondelete="RESTRICT"))
    kind: Mapped[NeedKind] = mapped_column(EnumText(NeedKind))
    text: Mapped[str]
    source: Mapped[str]
    observed_on: Mapped[date]
    sample_size: Mapped[int | None]
    link: Mapped[str] = mapped_column(default="")

    need: Mapped[CustomerNeed] = relationship(back_populates="statements", lazy="raise_on_sql")
