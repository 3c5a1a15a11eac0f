"""Scenarios with limits, pins and rules, and the runs of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, type_coerce
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.accounts.models import Person
from app.calendar.models import Cycle, Fund
from app.db.base import Base, Kept
from app.db.types import CanonicalJson, EnumText, MoneyMinor, QuarterType, ShareType, UtcDateTime
from app.initiatives.models import Initiative, Option
from app.jobs.models import Job
from app.portfolio.rules import InquiryKind, PinKind
from app.values.quarter import Quarter

_OWNED = "all, delete-orphan"


class Scenario(Base):
    """A set of limits, pins and rules for choosing from one cycle's candidates."""

    __tablename__ = "scenarios"
    __table_args__ = (UniqueConstraint("cycle_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id", ondelete="RESTRICT"))
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    created_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    cycle: Mapped[Cycle] = relationship(lazy="raise_on_sql")
    created_by: Mapped[Person] = relationship(foreign_keys=[created_by_id], lazy="raise_on_sql")
    changed_by: Mapped[Person] = relationship(foreign_keys=[changed_by_id], lazy="raise_on_sql")
    limits: Mapped[list[ScenarioLimit]] = relationship(
        back_populates="scenario", lazy="raise_on_sql", cascade=_OWNED
    )
    pins: Mapped[list[ScenarioPin]] = relationship(
        back_populates="scenario", lazy="raise_on_sql", cascade=_OWNED
    )
    rules: Mapped[list[ScenarioRule]] = relationship(
        back_populates="scenario", lazy="raise_on_sql", order_by="ScenarioRule.id", cascade=_OWNED
    )
    runs: Mapped[list[Run]] = relationship(
        back_populates="scenario", lazy="raise_on_sql", order_by="Run.id.desc()"
    )

    __mapper_args__ = {"version_id_col": version}


class ScenarioLimit(Base):
    """A budget this scenario assumes instead of the cycle's, for one fund and quarter."""

    __tablename__ = "scenario_limits"
    __table_args__ = (CheckConstraint("amount_minor >= 0", name="amount_not_negative"),)

    scenario_id: Mapped[int] = mapped_column(
        ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True
    )
    fund_id: Mapped[int] = mapped_column(
        ForeignKey("funds.id", ondelete="RESTRICT"), primary_key=True
    )
    quarter: Mapped[Quarter] = mapped_column(QuarterType, primary_key=True)
    amount_minor: Mapped[int] = mapped_column(MoneyMinor)

    scenario: Mapped[Scenario] = relationship(back_populates="limits", lazy="raise_on_sql")
    fund: Mapped[Fund] = relationship(lazy="raise_on_sql")


class ScenarioPin(Base):
    """An initiative forced in, forced out or fixed to an option and start, with the reason.

    With a price, in the cycle's currency, the pin may be broken.
    """

    __tablename__ = "scenario_pins"

    scenario_id: Mapped[int] = mapped_column(
        ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True
    )
    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), primary_key=True
    )
    kind: Mapped[PinKind] = mapped_column(EnumText(PinKind))
    option_id: Mapped[int | None] = mapped_column(ForeignKey("options.id", ondelete="RESTRICT"))
    start: Mapped[Quarter | None] = mapped_column(QuarterType)
    reason: Mapped[str]
    price_minor: Mapped[int | None] = mapped_column(MoneyMinor)

    scenario: Mapped[Scenario] = relationship(back_populates="pins", lazy="raise_on_sql")
    initiative: Mapped[Initiative] = relationship(lazy="raise_on_sql")
    option: Mapped[Option | None] = relationship(lazy="raise_on_sql")


class ScenarioRule(Base):
    """A rule over initiatives or tags. ``parameters`` are the problem file's, by its type."""

    __tablename__ = "scenario_rules"
    __table_args__ = (UniqueConstraint("scenario_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"))
    key: Mapped[str]
    type: Mapped[str]
    parameters: Mapped[dict[str, object]] = mapped_column(CanonicalJson)
    reason: Mapped[str]

    scenario: Mapped[Scenario] = relationship(back_populates="rules", lazy="raise_on_sql")


class Run(Base):
    """One solve of a scenario: the problem as it was, the options and the answer.

    Its job carries state, progress and heartbeat. ``problem`` and ``result`` hold canonical JSON
    bytes; ``digest`` is the problem's. ``inputs_content`` are the inputs as stored, unread.
    """

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_id: Mapped[int] = mapped_column(
        ForeignKey("scenarios.id", ondelete="RESTRICT"), index=True
    )
    scenario_version: Mapped[int]
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"), unique=True)
    digest: Mapped[str] = mapped_column(index=True)
    time_limit_seconds: Mapped[int]
    allowed_gap: Mapped[Decimal] = mapped_column(ShareType)
    result_digest: Mapped[str | None]
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Last, since SQLite walks over everything that stands before a column it reads.
    problem: Mapped[bytes] = mapped_column(LargeBinary)
    inputs: Mapped[dict[str, object]] = mapped_column(CanonicalJson)
    inputs_content: Mapped[bytes] = column_property(type_coerce(inputs, LargeBinary), deferred=True)
    result: Mapped[bytes | None] = mapped_column(LargeBinary)

    scenario: Mapped[Scenario] = relationship(back_populates="runs", lazy="raise_on_sql")
    job: Mapped[Job] = relationship(lazy="raise_on_sql")
    requested_by: Mapped[Person] = relationship(lazy="raise_on_sql")


class Inquiry(Kept, Base):
    """A question beside a run's plan, and its answer.

    ``question`` is the digest of problem, result, kind and parameters: equal questions have equal
    answers. Its job carries state and progress. ``content`` holds canonical JSON bytes.
    """

    __tablename__ = "inquiries"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[InquiryKind] = mapped_column(EnumText(InquiryKind))
    question: Mapped[str] = mapped_column(index=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"), unique=True)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content_digest: Mapped[str | None]
    parameters: Mapped[dict[str, object]] = mapped_column(CanonicalJson)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)

    run: Mapped[Run] = relationship(lazy="raise_on_sql")
    job: Mapped[Job] = relationship(lazy="raise_on_sql")
    requested_by: Mapped[Person] = relationship(lazy="raise_on_sql")
