"""Milestones and the criteria of their hurdles."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import Base, Kept
from app.db.types import (
    EnumText,
    MeasureType,
    MoneyMinor,
    ShareType,
)
from app.initiatives.rules import Direction
from app.initiatives.rules.milestone_kinds import ChainLink, HurdleKind

_OWNED = "all, delete-orphan"


class Milestone(Base):
    """A dated point that holds a share of the initiative's money until its hurdle is passed.

    ``source_minor`` is the money a registry gave for it, finer than a share can say; None once
    the share is set by hand. ``due_on`` assumes the initiative's planned start; a later start
    moves it by as many months. ``target_error``: how well a learn hurdle is to make effects known,
    the standard error of their removal fraction.
    """

    __tablename__ = "milestones"
    __table_args__ = (
        CheckConstraint("tranche_share BETWEEN 0 AND 1000000", name="tranche_share_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), index=True
    )
    name: Mapped[str]
    due_on: Mapped[date]
    tranche_share: Mapped[Decimal] = mapped_column(ShareType)
    source_minor: Mapped[int | None] = mapped_column(MoneyMinor)
    action_if_missed: Mapped[str] = mapped_column(default="")
    kind: Mapped[HurdleKind] = mapped_column(
        EnumText(HurdleKind), default=HurdleKind.GROW, server_default="grow"
    )
    target_error: Mapped[Decimal | None] = mapped_column(ShareType)

    criteria: Mapped[list[Criterion]] = relationship(
        back_populates="milestone", lazy="raise_on_sql", order_by="Criterion.id", cascade=_OWNED
    )


class Criterion(Kept, Base):
    """One measurable condition of a hurdle; ``link`` is what of its behaviour's way it measures."""

    __tablename__ = "criteria"

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(
        ForeignKey("milestones.id", ondelete="RESTRICT"), index=True
    )
    metric: Mapped[str]
    unit: Mapped[str]
    direction: Mapped[Direction] = mapped_column(EnumText(Direction))
    baseline: Mapped[Decimal | None] = mapped_column(MeasureType)
    threshold: Mapped[Decimal] = mapped_column(MeasureType)
    minimum_sample: Mapped[int | None]
    is_must_meet: Mapped[bool] = mapped_column(default=True)
    behaviour_id: Mapped[int | None] = mapped_column(
        ForeignKey("target_behaviours.id", ondelete="RESTRICT"), index=True
    )
    link: Mapped[ChainLink | None] = mapped_column(EnumText(ChainLink))

    milestone: Mapped[Milestone] = relationship(back_populates="criteria", lazy="raise_on_sql")
