"""Initiatives: six answers, options, behaviours with effects, what binds them together."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.calendar.models import Cycle, Fund, Team
from app.db.base import Base
from app.db.types import (
    EnumText,
    MeasureType,
    MoneyMinor,
    QuarterType,
    ShareType,
    UtcDateTime,
)
from app.initiatives.models.milestones import Milestone
from app.initiatives.rules import EvidenceGrade, InitiativeState, Lens, Question
from app.journeys.models import CustomerNeed, Journey, LeverPool, Touchpoint
from app.values.quarter import Quarter

_OWNED = "all, delete-orphan"


class Initiative(Base):
    """A proposal to change what customers do. ``planned_start`` is what its dates assume.

    ``cost_minor`` is the fund spend of its last option, the full one, kept beside it so that lists
    sort by cost and compare with the median without adding up every grid.
    """

    __tablename__ = "initiatives"
    __table_args__ = (
        Index("ix_initiatives_cycle_state_cost", "cycle_id", "state", "cost_minor"),
        CheckConstraint(
            "certified_by_id IS NULL OR (certified_by_id <> owner_id"
            " AND certified_by_id <> created_by_id)",
            name="four_hands",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    state: Mapped[InitiativeState] = mapped_column(EnumText(InitiativeState), index=True)
    cycle_id: Mapped[int | None] = mapped_column(
        ForeignKey("cycles.id", ondelete="RESTRICT"), index=True
    )
    journey_id: Mapped[int | None] = mapped_column(
        ForeignKey("journeys.id", ondelete="RESTRICT"), index=True
    )
    unit: Mapped[str]
    lens: Mapped[Lens] = mapped_column(EnumText(Lens))
    currency: Mapped[str]
    planned_start: Mapped[Quarter] = mapped_column(QuarterType)
    cost_minor: Mapped[int] = mapped_column(MoneyMinor, default=0)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    certified_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="RESTRICT")
    )
    certified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    import_batch_id: Mapped[int | None] = mapped_column(
        ForeignKey("import_batches.id", ondelete="RESTRICT")
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    cycle: Mapped[Cycle | None] = relationship(lazy="raise_on_sql")
    journey: Mapped[Journey | None] = relationship(lazy="raise_on_sql")
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id], lazy="raise_on_sql")
    sponsor: Mapped[Person | None] = relationship(foreign_keys=[sponsor_id], lazy="raise_on_sql")
    created_by: Mapped[Person] = relationship(foreign_keys=[created_by_id], lazy="raise_on_sql")
    certified_by: Mapped[Person | None] = relationship(
        foreign_keys=[certified_by_id], lazy="raise_on_sql"
    )
    answers: Mapped[list[Answer]] = relationship(
        back_populates="initiative", lazy="raise_on_sql", cascade=_OWNED
    )
    touchpoints: Mapped[list[Touchpoint]] = relationship(
        secondary="initiative_touchpoints", lazy="raise_on_sql"
    )
    options: Mapped[list[Option]] = relationship(
        back_populates="initiative", lazy="raise_on_sql", order_by="Option.position", cascade=_OWNED
    )
    behaviours: Mapped[list[TargetBehaviour]] = relationship(
        back_populates="initiative", lazy="raise_on_sql", order_by="TargetBehaviour.position",
        cascade=_OWNED,
    )  # fmt: skip
    milestones: Mapped[list[Milestone]] = relationship(
        lazy="raise_on_sql", order_by="Milestone.due_on, Milestone.id", cascade=_OWNED
    )
    dependencies: Mapped[list[Dependency]] = relationship(
        back_populates="initiative", lazy="raise_on_sql", cascade=_OWNED,
        foreign_keys="Dependency.initiative_id",
    )  # fmt: skip
    exclusions: Mapped[list[Exclusion]] = relationship(
        back_populates="initiative", lazy="raise_on_sql", cascade=_OWNED,
        foreign_keys="Exclusion.initiative_id",
    )  # fmt: skip
    moves: Mapped[list[InitiativeMove]] = relationship(
        back_populates="initiative", lazy="raise_on_sql", order_by="InitiativeMove.id"
    )

    __mapper_args__ = {"version_id_col": version}


class Answer(Base):
    """The answer to one question."""

    __tablename__ = "answers"

    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), primary_key=True
    )
    question: Mapped[Question] = mapped_column(EnumText(Question), primary_key=True)
    text: Mapped[str]

    initiative: Mapped[Initiative] = relationship(back_populates="answers", lazy="raise_on_sql")


class Option(Base):
    """One scope of an initiative: pilot, lean or full, with its own money, demand and effect.

    ``go_live_quarters``: from the start until the effect begins. No half-life: it does not fade. A
    declared benefit is for registries that know no behaviours: it joins no pool and keeps only its
    grade's haircut. Cost's low and high are P10 and P90, as multiples of what is planned.
    """

    __tablename__ = "options"
    __table_args__ = (
        UniqueConstraint("initiative_id", "key"),
        CheckConstraint("go_live_quarters >= 0", name="go_live_not_negative"),
        CheckConstraint("ramp_quarters >= 1", name="ramp_positive"),
        CheckConstraint("cost_low BETWEEN 0 AND 1000000", name="cost_low_in_range"),
        CheckConstraint("cost_high BETWEEN 1000000 AND 10000000", name="cost_high_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiatives.id", ondelete="RESTRICT"))
    position: Mapped[int]
    key: Mapped[str]
    name: Mapped[str]
    scope: Mapped[str] = mapped_column(default="")
    go_live_quarters: Mapped[int] = mapped_column(default=1)
    ramp_quarters: Mapped[int] = mapped_column(default=3)
    half_life_quarters: Mapped[int | None]
    earliest_start: Mapped[Quarter | None] = mapped_column(QuarterType)
    latest_start: Mapped[Quarter | None] = mapped_column(QuarterType)
    effort_minutes: Mapped[int] = mapped_column(default=0)
    risk: Mapped[int] = mapped_column(default=2)
    declared_benefit_minor: Mapped[int | None] = mapped_column(MoneyMinor)
    declared_grade: Mapped[EvidenceGrade | None] = mapped_column(EnumText(EvidenceGrade))
    declared_source: Mapped[str | None]
    cost_low: Mapped[Decimal | None] = mapped_column(ShareType)
    cost_high: Mapped[Decimal | None] = mapped_column(ShareType)

    initiative: Mapped[Initiative] = relationship(back_populates="options", lazy="raise_on_sql")
    spend: Mapped[list[OptionSpend]] = relationship(
        back_populates="option", lazy="raise_on_sql", cascade=_OWNED
    )
    demand: Mapped[list[OptionDemand]] = relationship(
        back_populates="option", lazy="raise_on_sql", cascade=_OWNED
    )
    effects: Mapped[list[Effect]] = relationship(
        back_populates="option", lazy="raise_on_sql", cascade=_OWNED
    )


class OptionSpend(Base):
    """Money an option needs from a fund, ``quarter_index`` quarters after its start."""

    __tablename__ = "option_spend"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint("quarter_index >= 0", name="quarter_index_not_negative"),
    )

    option_id: Mapped[int] = mapped_column(
        ForeignKey("options.id", ondelete="RESTRICT"), primary_key=True
    )
    fund_id: Mapped[int] = mapped_column(
        ForeignKey("funds.id", ondelete="RESTRICT"), primary_key=True
    )
    quarter_index: Mapped[int] = mapped_column(primary_key=True)
    amount_minor: Mapped[int] = mapped_column(MoneyMinor)

    option: Mapped[Option] = relationship(back_populates="spend", lazy="raise_on_sql")
    fund: Mapped[Fund] = relationship(lazy="raise_on_sql")


class OptionDemand(Base):
    """Person-days an option needs from a team, ``quarter_index`` quarters after its start."""

    __tablename__ = "option_demand"
    __table_args__ = (
        CheckConstraint("days >= 0", name="days_not_negative"),
        CheckConstraint("quarter_index >= 0", name="quarter_index_not_negative"),
    )

    option_id: Mapped[int] = mapped_column(
        ForeignKey("options.id", ondelete="RESTRICT"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(
        ForeignKey("teams.id", ondelete="RESTRICT"), primary_key=True
    )
    quarter_index: Mapped[int] = mapped_column(primary_key=True)
    days: Mapped[Decimal] = mapped_column(MeasureType)

    option: Mapped[Option] = relationship(back_populates="demand", lazy="raise_on_sql")
    team: Mapped[Team] = relationship(lazy="raise_on_sql")


class TargetBehaviour(Base):
    """Who does what differently, how it is measured, from which baseline to which target.

    ``need`` is the need of the journey's customers that it serves, None while nobody named one.
    """

    __tablename__ = "target_behaviours"

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), index=True
    )
    position: Mapped[int]
    description: Mapped[str]
    measure: Mapped[str]
    unit: Mapped[str]
    baseline: Mapped[Decimal] = mapped_column(MeasureType)
    target: Mapped[Decimal] = mapped_column(MeasureType)
    source: Mapped[str]
    measured_on: Mapped[date]
    need_id: Mapped[int | None] = mapped_column(
        ForeignKey("customer_needs.id", ondelete="RESTRICT"), index=True
    )

    initiative: Mapped[Initiative] = relationship(back_populates="behaviours", lazy="raise_on_sql")
    need: Mapped[CustomerNeed | None] = relationship(lazy="raise_on_sql")
    effects: Mapped[list[Effect]] = relationship(
        back_populates="behaviour", lazy="raise_on_sql", cascade=_OWNED
    )


class Effect(Base):
    """The share of a lever pool that a behaviour removes under one option, at most 0.95.

    Below zero it is a disbenefit and adds to the pool. Low and high are P10 and P90, both or none.
    """

    __tablename__ = "effects"
    __table_args__ = (
        UniqueConstraint("option_id", "behaviour_id", "pool_id"),
        CheckConstraint("abs(removal_share) BETWEEN 1 AND 950000", name="removal_in_range"),
        CheckConstraint("removal_low BETWEEN -950000 AND removal_share", name="low_in_range"),
        CheckConstraint("removal_high BETWEEN removal_share AND 950000", name="high_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("options.id", ondelete="RESTRICT"))
    behaviour_id: Mapped[int] = mapped_column(
        ForeignKey("target_behaviours.id", ondelete="RESTRICT"), index=True
    )
    pool_id: Mapped[int] = mapped_column(
        ForeignKey("lever_pools.id", ondelete="RESTRICT"), index=True
    )
    removal_share: Mapped[Decimal] = mapped_column(ShareType)
    removal_low: Mapped[Decimal | None] = mapped_column(ShareType)
    removal_high: Mapped[Decimal | None] = mapped_column(ShareType)
    grade: Mapped[EvidenceGrade] = mapped_column(EnumText(EvidenceGrade))
    evidence: Mapped[str]

    option: Mapped[Option] = relationship(back_populates="effects", lazy="raise_on_sql")
    behaviour: Mapped[TargetBehaviour] = relationship(back_populates="effects", lazy="raise_on_sql")
    pool: Mapped[LeverPool] = relationship(lazy="raise_on_sql")


class Dependency(Base):
    """``initiative`` needs ``needs``, started at least ``lag_quarters`` before it."""

    __tablename__ = "dependencies"
    __table_args__ = (
        CheckConstraint("initiative_id <> needs_id", name="not_itself"),
        CheckConstraint("lag_quarters >= 0", name="lag_not_negative"),
    )

    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), primary_key=True
    )
    needs_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    lag_quarters: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")

    initiative: Mapped[Initiative] = relationship(
        back_populates="dependencies", foreign_keys=[initiative_id], lazy="raise_on_sql"
    )
    needs: Mapped[Initiative] = relationship(foreign_keys=[needs_id], lazy="raise_on_sql")


class Exclusion(Base):
    """Two initiatives of which at most one may be funded, kept once with the smaller id first."""

    __tablename__ = "exclusions"
    __table_args__ = (CheckConstraint("initiative_id < other_id", name="smaller_first"),)

    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), primary_key=True
    )
    other_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    reason: Mapped[str] = mapped_column(default="")

    initiative: Mapped[Initiative] = relationship(
        back_populates="exclusions", foreign_keys=[initiative_id], lazy="raise_on_sql"
    )
    other: Mapped[Initiative] = relationship(foreign_keys=[other_id], lazy="raise_on_sql")


class InitiativeMove(Base):
    """One move of an initiative from state to state: who, when and why."""

    __tablename__ = "initiative_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), index=True
    )
    from_state: Mapped[InitiativeState] = mapped_column(EnumText(InitiativeState))
    to_state: Mapped[InitiativeState] = mapped_column(EnumText(InitiativeState))
    moved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(default="")

    initiative: Mapped[Initiative] = relationship(back_populates="moves", lazy="raise_on_sql")
    moved_by: Mapped[Person] = relationship(lazy="raise_on_sql")
