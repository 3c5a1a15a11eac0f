"""Evidence for hurdles and the decisions on them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.db.base import AppendOnly, Base, Kept
from app.db.types import EnumText, MeasureType, MoneyMinor, UtcDateTime
from app.initiatives.models import Criterion
from app.roadmap.models.forecasts import HurdleForecast
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.posterior import Among, Design


class Evidence(Kept, Base):
    """One measurement for one criterion; a later one supersedes it, none is overwritten.

    Evidence brought in from a registry belongs to its criterion before any tranche exists; it
    counts for the tranche that the criterion's milestone later gets. ``is_confirmed``: the figure
    was questioned as unusual and who recorded it said that it is right.

    ``standard_error`` is in the criterion's unit. Measured from ``window_from``, if it took longer
    than a day, to ``measured_on``, among the exposed or all customers. ``persists``: what was
    measured stays when the initiative ends. ``link`` leads to the report, empty without one.
    ``starts_on`` is the first day of the work as planned when it was recorded: no later move makes
    what was measured before it count. None before a tranche exists, and in old rows.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("sample IS NULL OR sample >= 0", name="sample_not_negative"),
        CheckConstraint("standard_error > 0", name="error_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tranche_id: Mapped[int | None] = mapped_column(
        ForeignKey("tranches.id", ondelete="RESTRICT"), index=True
    )
    criterion_id: Mapped[int] = mapped_column(
        ForeignKey("criteria.id", ondelete="RESTRICT"), index=True
    )
    value: Mapped[Decimal] = mapped_column(MeasureType)
    sample: Mapped[int | None]
    measured_on: Mapped[date]
    source: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    is_confirmed: Mapped[bool] = mapped_column(default=False, server_default=false())
    standard_error: Mapped[Decimal | None] = mapped_column(MeasureType)
    window_from: Mapped[date | None]
    starts_on: Mapped[date | None]
    link: Mapped[str] = mapped_column(default="", server_default="")
    among: Mapped[Among] = mapped_column(
        EnumText(Among), default=Among.ALL, server_default=Among.ALL.value
    )
    design: Mapped[Design] = mapped_column(
        EnumText(Design), default=Design.COMPARISON, server_default=Design.COMPARISON.value
    )
    persists: Mapped[bool] = mapped_column(default=False, server_default=false())
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    tranche: Mapped[Tranche | None] = relationship(lazy="raise_on_sql")
    criterion: Mapped[Criterion] = relationship(lazy="raise_on_sql")
    recorded_by: Mapped[Person] = relationship(lazy="raise_on_sql")


class HurdleDecision(AppendOnly, Base):
    """What was decided, with the reason, what was recommended and on which grounds.

    ``override_minor``: what deciding against the figures is expected to lose, None where it went
    with them or has no price. ``forecast``: the other use of the money it knew of. ``hold_until``:
    the day a hold was given until, where one was chosen.
    """

    __tablename__ = "hurdle_decisions"
    __table_args__ = (
        Index(
            "uq_hurdle_decisions_one_hold", "tranche_id", unique=True,
            sqlite_where=text("action = 'hold'"),
            postgresql_where=text("action = 'hold'"),
        ),
        Index(
            "uq_hurdle_decisions_one_end", "tranche_id", unique=True,
            sqlite_where=text("action NOT IN ('hold', 'rescope')"),
            postgresql_where=text("action NOT IN ('hold', 'rescope')"),
        ),
        Index(
            "uq_hurdle_decisions_one_rescope", "tranche_id", unique=True,
            sqlite_where=text("action = 'rescope'"),
            postgresql_where=text("action = 'rescope'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    tranche_id: Mapped[int] = mapped_column(
        ForeignKey("tranches.id", ondelete="RESTRICT"), index=True
    )
    action: Mapped[HurdleAction] = mapped_column(EnumText(HurdleAction))
    recommended: Mapped[HurdleAction] = mapped_column(EnumText(HurdleAction))
    grounds: Mapped[str]
    reason: Mapped[str]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    override_minor: Mapped[int | None] = mapped_column(MoneyMinor)
    forecast_id: Mapped[int | None] = mapped_column(
        ForeignKey("hurdle_forecasts.id", ondelete="RESTRICT")
    )

    hold_until: Mapped[date | None]

    tranche: Mapped[Tranche] = relationship(lazy="raise_on_sql")
    forecast: Mapped[HurdleForecast | None] = relationship(lazy="raise_on_sql")
    decided_by: Mapped[Person] = relationship(lazy="raise_on_sql")
