"""Cycles with rates, funds with budgets per quarter, teams with capacities per quarter."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calendar.rules import CycleState
from app.db.base import Base
from app.db.types import EnumText, MeasureType, MoneyMinor, QuarterType, ShareType, UtcDateTime
from app.values.quarter import Quarter, QuarterSpan


class Cycle(Base):
    """One turn of the wheel. The horizon is ``quarter_count`` quarters from ``first_quarter``."""

    __tablename__ = "cycles"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        CheckConstraint("quarter_count BETWEEN 1 AND 40", name="quarter_count_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    state: Mapped[CycleState] = mapped_column(EnumText(CycleState))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    currency: Mapped[str]
    first_quarter: Mapped[Quarter] = mapped_column(QuarterType)
    quarter_count: Mapped[int]
    discount_rate: Mapped[Decimal] = mapped_column(ShareType)
    hurdle_rate: Mapped[Decimal] = mapped_column(ShareType)
    release_confidence: Mapped[Decimal] = mapped_column(ShareType)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    funds: Mapped[list[CycleFund]] = relationship(
        back_populates="cycle", lazy="raise_on_sql", order_by="CycleFund.position"
    )
    capacities: Mapped[list[TeamCapacity]] = relationship(
        back_populates="cycle", lazy="raise_on_sql", order_by="TeamCapacity.quarter"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def quarters(self) -> QuarterSpan:
        return QuarterSpan(self.first_quarter, self.quarter_count)


class Fund(Base):
    """A source of money, such as capex, opex or run; lives longer than a cycle."""

    __tablename__ = "funds"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class CycleFund(Base):
    """A fund in one cycle, with the share of a quarter's budget that may move on unspent."""

    __tablename__ = "cycle_funds"
    __table_args__ = (UniqueConstraint("cycle_id", "fund_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id", ondelete="RESTRICT"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("funds.id", ondelete="RESTRICT"), index=True)
    carry_over: Mapped[Decimal] = mapped_column(ShareType)
    position: Mapped[int]

    cycle: Mapped[Cycle] = relationship(back_populates="funds", lazy="raise_on_sql")
    fund: Mapped[Fund] = relationship(lazy="raise_on_sql")
    budgets: Mapped[list[FundBudget]] = relationship(
        back_populates="cycle_fund", lazy="raise_on_sql", order_by="FundBudget.quarter",
        cascade="all, delete-orphan",
    )  # fmt: skip


class FundBudget(Base):
    """A fund's budget for one quarter, in the cycle's currency."""

    __tablename__ = "fund_budgets"
    __table_args__ = (CheckConstraint("amount_minor >= 0", name="amount_not_negative"),)

    cycle_fund_id: Mapped[int] = mapped_column(
        ForeignKey("cycle_funds.id", ondelete="RESTRICT"), primary_key=True
    )
    quarter: Mapped[Quarter] = mapped_column(QuarterType, primary_key=True)
    amount_minor: Mapped[int] = mapped_column(MoneyMinor)

    cycle_fund: Mapped[CycleFund] = relationship(back_populates="budgets", lazy="raise_on_sql")


class Team(Base):
    """A team whose days are scarce; lives longer than a cycle."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    day_rate_minor: Mapped[int] = mapped_column(MoneyMinor)
    currency: Mapped[str]


class TeamCapacity(Base):
    """Person-days a team has for initiatives in one quarter of a cycle."""

    __tablename__ = "team_capacities"
    __table_args__ = (CheckConstraint("available_days >= 0", name="available_not_negative"),)

    cycle_id: Mapped[int] = mapped_column(
        ForeignKey("cycles.id", ondelete="RESTRICT"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(
        ForeignKey("teams.id", ondelete="RESTRICT"), primary_key=True
    )
    quarter: Mapped[Quarter] = mapped_column(QuarterType, primary_key=True)
    available_days: Mapped[Decimal] = mapped_column(MeasureType)

    cycle: Mapped[Cycle] = relationship(back_populates="capacities", lazy="raise_on_sql")
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
