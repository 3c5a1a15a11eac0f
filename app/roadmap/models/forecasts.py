"""What the money of a hurdle would return elsewhere: the question, its job and the answer."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.db.base import Base, Kept
from app.db.types import MoneyMinor, UtcDateTime
from app.jobs.models import Job
from app.portfolio.models import Scenario


class HurdleForecast(Kept, Base):
    """The best other use of what a hurdle and the later ones hold, by two solves.

    ``problems`` are canonical JSON bytes of the scenario's problem with the initiative going on
    and without it, ``question`` their digest; ``cost_minor`` is the present value of the money.
    ``evidence_id`` is the last measurement it knew of. The answer in ``content`` never changes.
    """

    __tablename__ = "hurdle_forecasts"
    __table_args__ = (
        CheckConstraint("(content IS NULL) = (content_digest IS NULL)", name="content_with_digest"),
        CheckConstraint("cost_minor > 0", name="cost_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tranche_id: Mapped[int] = mapped_column(
        ForeignKey("tranches.id", ondelete="RESTRICT"), index=True
    )
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id", ondelete="RESTRICT"))
    scenario_id: Mapped[int] = mapped_column(
        ForeignKey("scenarios.id", ondelete="RESTRICT"), index=True
    )
    question: Mapped[str] = mapped_column(index=True)
    cost_minor: Mapped[int] = mapped_column(MoneyMinor)
    as_of: Mapped[date]
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"), unique=True)
    content_digest: Mapped[str | None]
    # Last, since SQLite walks over everything that stands before a column it reads.
    problems: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)

    tranche: Mapped[Tranche] = relationship(lazy="raise_on_sql")
    scenario: Mapped[Scenario] = relationship(lazy="raise_on_sql")
    requested_by: Mapped[Person] = relationship(lazy="raise_on_sql")
    job: Mapped[Job] = relationship(lazy="raise_on_sql")
