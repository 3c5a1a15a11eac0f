"""Finance's control totals, and which of them a serve pool names."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db.base import Base
from app.db.types import EnumText, MoneyMinor, UtcDateTime
from app.journeys.rules import Ceiling, ControlKind

_GROWTH = text("kind = 'growth'")


class ControlTotal(Base):
    """What claims on pools may add up to at most in a year; there is one growth ceiling a currency.

    For a cost centre it is the cost that goes when contacts do, for growth what Finance believes
    all journeys together can add.
    """

    __tablename__ = "control_totals"
    __table_args__ = (
        UniqueConstraint("kind", "name"),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        Index(
            "uq_control_totals_growth_currency", "currency", unique=True,
            sqlite_where=_GROWTH, postgresql_where=_GROWTH,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ControlKind] = mapped_column(EnumText(ControlKind))
    name: Mapped[str]
    currency: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(MoneyMinor)
    source: Mapped[str]
    measured_on: Mapped[date]
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    owner: Mapped[Person] = relationship(foreign_keys=[owner_id], lazy="raise_on_sql")
    set_by: Mapped[Person] = relationship(foreign_keys=[set_by_id], lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}

    @property
    def ceiling(self) -> Ceiling:
        """The total as a pure value."""
        return Ceiling(
            self.id, self.kind, self.name, self.currency, self.amount_minor, self.owner.name
        )


class PoolControl(Base):
    """The cost centre whose cost a serve pool would save."""

    __tablename__ = "pool_controls"

    pool_id: Mapped[int] = mapped_column(
        ForeignKey("lever_pools.id", ondelete="RESTRICT"), primary_key=True
    )
    control_total_id: Mapped[int] = mapped_column(
        ForeignKey("control_totals.id", ondelete="RESTRICT"), index=True
    )
