"""Assessments of maturity with their answers; the database keeps closed ones as they are."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.calendar.models import Cycle
from app.db.base import Base, Kept
from app.db.types import EnumText, UtcDateTime
from app.reviews.rules.maturity import AssessmentState

_DRAFT = text("state = 'draft'")


class MaturityAssessment(Kept, Base):
    """One assessment of the company or a unit as of a day, by one version of the questionnaire.

    ``question_count`` is how many questions that version asks; it is closed with an answer to
    each. A scope has one draft at a time.
    """

    __tablename__ = "maturity_assessments"
    __table_args__ = (
        UniqueConstraint("scope", "assessed_on"),
        CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL AND closed_by_id IS NOT NULL)",
            name="closed_by_somebody",
        ),
        Index(
            "uq_maturity_assessments_draft", "scope", unique=True,
            sqlite_where=_DRAFT, postgresql_where=_DRAFT,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str]
    assessed_on: Mapped[date]
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id", ondelete="RESTRICT"))
    method: Mapped[str]
    questionnaire: Mapped[int]
    question_count: Mapped[int]
    state: Mapped[AssessmentState] = mapped_column(EnumText(AssessmentState))
    started_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    cycle: Mapped[Cycle | None] = relationship(lazy="raise_on_sql")
    started_by: Mapped[Person] = relationship(foreign_keys=[started_by_id], lazy="raise_on_sql")
    closed_by: Mapped[Person | None] = relationship(
        foreign_keys=[closed_by_id], lazy="raise_on_sql"
    )
    answers: Mapped[list[MaturityAnswer]] = relationship(
        back_populates="assessment", lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_draft(self) -> bool:
        return self.state is AssessmentState.DRAFT


class MaturityAnswer(Kept, Base):
    """The answer to one question by its key; ``stage`` 1 to 5, without one it is not known."""

    __tablename__ = "maturity_answers"
    __table_args__ = (
        UniqueConstraint("assessment_id", "question"),
        CheckConstraint("stage BETWEEN 1 AND 5", name="stage_in_range"),
        CheckConstraint("stage < 3 OR stage IS NULL OR evidence <> ''", name="evidence_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(
        ForeignKey("maturity_assessments.id", ondelete="RESTRICT")
    )
    question: Mapped[str]
    stage: Mapped[int | None]
    evidence: Mapped[str]
    link: Mapped[str]
    answered_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    assessment: Mapped[MaturityAssessment] = relationship(
        back_populates="answers", lazy="raise_on_sql"
    )
    answered_by: Mapped[Person] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}
