"""Rescopes: an approved initiative goes on with a smaller option."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.approvals.models import Commitment
from app.db.base import AppendOnly, Base
from app.db.types import MoneyMinor
from app.initiatives.models import Option
from app.roadmap.models.hurdles import HurdleDecision


class Rescope(AppendOnly, Base):
    """The amendment of a commitment by a decision at one of its hurdles; it never changes.

    ``remaining_minor`` is what its open hurdles hold from then on. ``content`` says in canonical
    bytes what each side was: options with their spend, tranches, and the reason.
    """

    __tablename__ = "rescopes"
    __table_args__ = (
        CheckConstraint("freed_minor > 0", name="frees_something"),
        CheckConstraint("remaining_minor > 0", name="leaves_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(
        ForeignKey("hurdle_decisions.id", ondelete="RESTRICT"), unique=True
    )
    commitment_id: Mapped[int] = mapped_column(
        ForeignKey("commitments.id", ondelete="RESTRICT"), index=True
    )
    from_option_id: Mapped[int] = mapped_column(
        ForeignKey("options.id", ondelete="RESTRICT"), index=True
    )
    to_option_id: Mapped[int] = mapped_column(
        ForeignKey("options.id", ondelete="RESTRICT"), index=True
    )
    freed_minor: Mapped[int] = mapped_column(MoneyMinor)
    remaining_minor: Mapped[int] = mapped_column(MoneyMinor)
    digest: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)

    decision: Mapped[HurdleDecision] = relationship(lazy="raise_on_sql")
    commitment: Mapped[Commitment] = relationship(lazy="raise_on_sql")
    from_option: Mapped[Option] = relationship(foreign_keys=[from_option_id], lazy="raise_on_sql")
    to_option: Mapped[Option] = relationship(foreign_keys=[to_option_id], lazy="raise_on_sql")
