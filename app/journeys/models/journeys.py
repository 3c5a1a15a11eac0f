"""Journeys, their touchpoints, versioned baselines and the lever pools."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db.base import AppendOnly, Base
from app.db.types import CanonicalJson, EnumText, MeasureType, MoneyMinor, ShareType, UtcDateTime
from app.journeys.models.controls import ControlTotal
from app.journeys.rules import (
    BoundFigure,
    Channel,
    FigureKind,
    Lever,
    OriginKind,
    PoolState,
    StageKind,
)


class Journey(Base):
    """What a customer of one segment goes through to reach a goal."""

    __tablename__ = "journeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    segment: Mapped[str]
    goal: Mapped[str]
    currency: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    is_in_use: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    owner: Mapped[Person] = relationship(lazy="raise_on_sql")
    stages: Mapped[list[Stage]] = relationship(
        back_populates="journey", lazy="raise_on_sql", order_by="Stage.position"
    )
    touchpoints: Mapped[list[Touchpoint]] = relationship(
        back_populates="journey", lazy="raise_on_sql", order_by="Touchpoint.id"
    )
    baselines: Mapped[list[Baseline]] = relationship(
        back_populates="journey", lazy="raise_on_sql", order_by="Baseline.number"
    )
    pools: Mapped[list[LeverPool]] = relationship(
        back_populates="journey", lazy="raise_on_sql", order_by="LeverPool.lever"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def shown_touchpoints(self) -> list[Touchpoint]:
        """Its touchpoints without those of hidden stages."""
        return [one for one in self.touchpoints if not one.stage.is_hidden]


class Stage(Base):
    """One of the seven stages as this journey names it; it may be hidden."""

    __tablename__ = "stages"
    __table_args__ = (UniqueConstraint("journey_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[int] = mapped_column(ForeignKey("journeys.id", ondelete="RESTRICT"))
    kind: Mapped[StageKind] = mapped_column(EnumText(StageKind))
    name: Mapped[str]
    position: Mapped[int]
    is_hidden: Mapped[bool] = mapped_column(default=False)

    journey: Mapped[Journey] = relationship(back_populates="stages", lazy="raise_on_sql")


class Touchpoint(Base):
    """Where the customer meets the company: one stage, one channel."""

    __tablename__ = "touchpoints"
    __table_args__ = (UniqueConstraint("stage_id", "channel"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[int] = mapped_column(
        ForeignKey("journeys.id", ondelete="RESTRICT"), index=True
    )
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id", ondelete="RESTRICT"))
    channel: Mapped[Channel] = mapped_column(EnumText(Channel))
    name: Mapped[str]

    journey: Mapped[Journey] = relationship(back_populates="touchpoints", lazy="raise_on_sql")
    stage: Mapped[Stage] = relationship(lazy="raise_on_sql")


class Baseline(AppendOnly, Base):
    """The measured state of a journey at a date; versions are added, never overwritten.

    One cut from the log says from which days, both included, how many of them the log covers where
    it covers most, and that the log holds one contact in ``logged_one_in``.
    """

    __tablename__ = "baselines"
    __table_args__ = (UniqueConstraint("journey_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[int] = mapped_column(ForeignKey("journeys.id", ondelete="RESTRICT"))
    number: Mapped[int]
    measured_on: Mapped[date]
    source: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    logged_from: Mapped[date | None]
    logged_to: Mapped[date | None]
    days_covered: Mapped[int | None]
    logged_one_in: Mapped[int | None]

    journey: Mapped[Journey] = relationship(back_populates="baselines", lazy="raise_on_sql")
    recorded_by: Mapped[Person] = relationship(lazy="raise_on_sql")
    figures: Mapped[list[TouchpointFigure]] = relationship(
        back_populates="baseline", lazy="raise_on_sql", cascade="all, delete-orphan"
    )


class TouchpointFigure(AppendOnly, Base):
    """What one baseline measured at one touchpoint. Satisfaction and importance: 0 to 10.

    ``unmet_share`` is of the contacts whose expectation is known; None where nobody knows.
    """

    __tablename__ = "touchpoint_figures"
    __table_args__ = (
        CheckConstraint("contacts_per_year >= 0", name="contacts_not_negative"),
        CheckConstraint("satisfaction BETWEEN 0 AND 10000000", name="satisfaction_in_scale"),
        CheckConstraint("importance BETWEEN 0 AND 10000000", name="importance_in_scale"),
    )

    baseline_id: Mapped[int] = mapped_column(
        ForeignKey("baselines.id", ondelete="RESTRICT"), primary_key=True
    )
    touchpoint_id: Mapped[int] = mapped_column(
        ForeignKey("touchpoints.id", ondelete="RESTRICT"), primary_key=True
    )
    contacts_per_year: Mapped[Decimal] = mapped_column(MeasureType)
    satisfaction: Mapped[Decimal] = mapped_column(MeasureType)
    satisfaction_target: Mapped[Decimal] = mapped_column(MeasureType)
    importance: Mapped[Decimal] = mapped_column(MeasureType)
    cost_per_contact_minor: Mapped[int] = mapped_column(MoneyMinor)
    minutes_per_contact: Mapped[Decimal] = mapped_column(MeasureType)
    unmet_share: Mapped[Decimal | None] = mapped_column(ShareType)

    baseline: Mapped[Baseline] = relationship(back_populates="figures", lazy="raise_on_sql")
    touchpoint: Mapped[Touchpoint] = relationship(lazy="raise_on_sql")


class FigureOrigin(Base):
    """Where one figure of a baseline comes from; a figure without a row was entered by hand.

    ``sample`` counts the contacts it stands on, ``error`` is its standard error, ``logged`` what
    the log said where a person said otherwise or took its figure away, ``kept_from`` the version
    that measured a kept one. ``note`` is why a person did so, or from fewer than most days covered.
    """

    __tablename__ = "figure_origins"
    __table_args__ = (
        ForeignKeyConstraint(
            ["baseline_id", "touchpoint_id"],
            ["touchpoint_figures.baseline_id", "touchpoint_figures.touchpoint_id"],
            name="fk_figure_origins_figure", ondelete="RESTRICT",
        ),
        CheckConstraint("sample >= 0", name="sample_not_negative"),
        CheckConstraint("error >= 0", name="error_not_negative"),
    )  # fmt: skip

    baseline_id: Mapped[int] = mapped_column(primary_key=True)
    touchpoint_id: Mapped[int] = mapped_column(primary_key=True)
    figure: Mapped[FigureKind] = mapped_column(EnumText(FigureKind), primary_key=True)
    kind: Mapped[OriginKind] = mapped_column(EnumText(OriginKind))
    sample: Mapped[int | None]
    error: Mapped[Decimal | None] = mapped_column(MeasureType)
    logged: Mapped[Decimal | None] = mapped_column(MeasureType)
    kept_from: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")


class LeverPool(Base):
    """The money one lever of one journey could yield at most, owned and certified by Finance.

    Retain keeps its flow too: savable customers a year, the segment's churn and the margin, since
    its money comes through a stock of customers kept. ``annual_value_minor`` is computed from the
    inputs by the lever's formula when it is saved.
    """

    __tablename__ = "lever_pools"
    __table_args__ = (
        UniqueConstraint("journey_id", "lever"),
        CheckConstraint("annual_value_minor >= 0", name="value_not_negative"),
        CheckConstraint(
            "certified_by_id IS NULL OR certified_by_id <> claimed_by_id", name="four_hands"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[int] = mapped_column(ForeignKey("journeys.id", ondelete="RESTRICT"))
    lever: Mapped[Lever] = mapped_column(EnumText(Lever))
    state: Mapped[PoolState] = mapped_column(EnumText(PoolState))
    annual_value_minor: Mapped[int] = mapped_column(MoneyMinor)
    source: Mapped[str]
    measured_on: Mapped[date]
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    claimed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    certified_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="RESTRICT")
    )
    certified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    journey: Mapped[Journey] = relationship(back_populates="pools", lazy="raise_on_sql")
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id], lazy="raise_on_sql")
    claimed_by: Mapped[Person] = relationship(foreign_keys=[claimed_by_id], lazy="raise_on_sql")
    certified_by: Mapped[Person | None] = relationship(
        foreign_keys=[certified_by_id], lazy="raise_on_sql"
    )
    cost_centre: Mapped[ControlTotal | None] = relationship(
        secondary="pool_controls", lazy="raise_on_sql"
    )
    inputs: Mapped[list[PoolInput]] = relationship(
        back_populates="pool", lazy="raise_on_sql", order_by="PoolInput.position",
        cascade="all, delete-orphan",
    )  # fmt: skip

    __mapper_args__ = {"version_id_col": version}


class PoolInput(Base):
    """One figure a pool is computed from; money inputs are in major units of the journey.

    A bound one is ``bound_figure`` of ``bound_touchpoints`` in baseline ``bound_number``;
    ``former_value`` is what it was before a newer baseline moved it, until Finance certifies anew.
    """

    __tablename__ = "pool_inputs"

    pool_id: Mapped[int] = mapped_column(
        ForeignKey("lever_pools.id", ondelete="RESTRICT"), primary_key=True
    )
    symbol: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    value: Mapped[Decimal] = mapped_column(MeasureType)
    low: Mapped[Decimal | None] = mapped_column(MeasureType)
    high: Mapped[Decimal | None] = mapped_column(MeasureType)
    source: Mapped[str]
    bound_figure: Mapped[BoundFigure | None] = mapped_column(EnumText(BoundFigure))
    bound_touchpoints: Mapped[list[int] | None] = mapped_column(CanonicalJson)
    bound_number: Mapped[int | None]
    former_value: Mapped[Decimal | None] = mapped_column(MeasureType)

    pool: Mapped[LeverPool] = relationship(back_populates="inputs", lazy="raise_on_sql")
