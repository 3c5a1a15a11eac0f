"""Where logged interactions come from, and what they add up to per touchpoint and month.

The log itself never stands in this database: it lies in Parquet files or in a warehouse. These
rows are worked out from it and can be worked out again.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.db.base import Base
from app.db.types import CanonicalJson, EnumText, MeasureType, MoneyMinor, UtcDateTime
from app.journeys.models.journeys import Touchpoint
from app.journeys.rules import SourceState

_LIVE = text("state <> 'removed'")
_Wide = BigInteger().with_variant(Integer(), "sqlite")
"""For contacts added up, as a row of a log may stand for a billion visits, and for pseudonyms."""


class InteractionSource(Base):
    """One file of interactions taken in whole, or a table of a warehouse that is read in place.

    ``digest`` is of the file's bytes, or of a warehouse's address and table. ``counted_at`` is
    when the reading began that its months were last worked out of; None: not yet. ``first_on`` is
    the first day of the period of its earliest contacts, which count on that period's last day
    where a log knows no days. ``failed_at`` and ``failure`` say since when and why it could not be
    counted again; None: the last count went well. ``issues`` are the rows left out or doubted,
    each with row, column and message. ``lineage`` says how the log came to be what it is:
    ``left_out`` by rule, what was ``known`` in earlier imports, ``replaced_by`` which later ones,
    and which imports were ``near`` and looked at by the last count, ``until`` which day, and how
    many of its ``customers`` that found ``elsewhere``, in other systems; None: from before that was
    kept. `app.interactions.services.lineage` reads and writes it.
    """

    __tablename__ = "interaction_sources"
    __table_args__ = (
        Index(
            "uq_interaction_sources_digest_mapping_name", "digest", "mapping_name", unique=True,
            sqlite_where=_LIVE, postgresql_where=_LIVE,
        ),
        CheckConstraint("row_count >= 0", name="rows_not_negative"),
        CheckConstraint("left_out_count >= 0", name="left_out_not_negative"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    digest: Mapped[str]
    mapping_name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    state: Mapped[SourceState] = mapped_column(EnumText(SourceState))
    row_count: Mapped[int]
    left_out_count: Mapped[int] = mapped_column(default=0)
    unplaced_count: Mapped[int] = mapped_column(_Wide, default=0)
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    issues: Mapped[list[dict[str, object]]] = mapped_column(CanonicalJson)
    lineage: Mapped[dict[str, object] | None] = mapped_column(CanonicalJson)
    mapping: Mapped[dict[str, object]] = mapped_column(CanonicalJson)
    imported_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    imported_by: Mapped[Person] = relationship(foreign_keys=[imported_by_id], lazy="raise_on_sql")
    removed_by: Mapped[Person | None] = relationship(
        foreign_keys=[removed_by_id], lazy="raise_on_sql"
    )

    __mapper_args__ = {"version_id_col": version}


class InteractionMonth(Base):
    """What one source logged at one touchpoint in one month for one reason, segment, expectation.

    ``month`` is its first day. ``judged`` contacts say whether the expectation was met, ``unmet``
    of them that it was not; ``costed``, ``timed`` and ``scored`` say how many of the contacts the
    sums of cost, minutes and score (0 to 10) stand on, ``keyed`` how many name their customer.
    ``repeats``: the same customer again for the same reason within 30 days. ``lost``: the outcome
    says that the customer left.
    """

    __tablename__ = "interaction_months"
    __table_args__ = (
        CheckConstraint("contacts > 0", name="contacts_positive"),
        CheckConstraint("unmet BETWEEN 0 AND judged", name="unmet_in_judged"),
        CheckConstraint("judged BETWEEN 0 AND contacts", name="judged_in_contacts"),
        Index("ix_interaction_months_touchpoint_id_month", "touchpoint_id", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(
        ForeignKey("interaction_sources.id", ondelete="RESTRICT"), index=True
    )
    touchpoint_id: Mapped[int] = mapped_column(ForeignKey("touchpoints.id", ondelete="RESTRICT"))
    month: Mapped[date]
    reason: Mapped[str]
    segment: Mapped[str]
    expected: Mapped[str]
    is_prospect: Mapped[bool] = mapped_column(default=False)
    contacts: Mapped[int] = mapped_column(_Wide)
    judged: Mapped[int] = mapped_column(_Wide, default=0)
    unmet: Mapped[int] = mapped_column(_Wide, default=0)
    costed: Mapped[int] = mapped_column(_Wide, default=0)
    cost_minor: Mapped[int] = mapped_column(MoneyMinor, default=0)
    timed: Mapped[int] = mapped_column(_Wide, default=0)
    minutes: Mapped[Decimal] = mapped_column(MeasureType, default=Decimal(0))
    scored: Mapped[int] = mapped_column(_Wide, default=0)
    score_sum: Mapped[Decimal] = mapped_column(MeasureType, default=Decimal(0))
    keyed: Mapped[int] = mapped_column(_Wide, default=0)
    repeats: Mapped[int] = mapped_column(_Wide, default=0)
    escalated: Mapped[int] = mapped_column(_Wide, default=0)
    lost: Mapped[int] = mapped_column(_Wide, default=0)

    source: Mapped[InteractionSource] = relationship(lazy="raise_on_sql")
    touchpoint: Mapped[Touchpoint] = relationship(lazy="raise_on_sql")


class InteractionMoment(Base):
    """What followed the moments of one source in one journey and month, for one reason.

    Rows with ``is_met`` hold the met contacts that moments are compared with. ``month`` is its
    first day; all else is defined by `app.journeys.rules.aftermaths`.
    """

    __tablename__ = "interaction_moments"
    __table_args__ = (
        CheckConstraint("contacts > 0", name="contacts_positive"),
        CheckConstraint("repeated BETWEEN 0 AND contacts", name="repeated_in_contacts"),
        CheckConstraint("escalated BETWEEN 0 AND contacts", name="escalated_in_contacts"),
        CheckConstraint("silent BETWEEN 0 AND contacts - lost", name="silent_or_lost"),
        CheckConstraint("lost_alone BETWEEN 0 AND lost", name="lost_alone_in_lost"),
        Index("ix_interaction_moments_journey_id_month", "journey_id", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(
        ForeignKey("interaction_sources.id", ondelete="RESTRICT"), index=True
    )
    journey_id: Mapped[int] = mapped_column(ForeignKey("journeys.id", ondelete="RESTRICT"))
    month: Mapped[date]
    reason: Mapped[str]
    is_met: Mapped[bool]
    contacts: Mapped[int]
    repeated: Mapped[int]
    escalated: Mapped[int]
    silent: Mapped[int]
    lost: Mapped[int]
    lost_alone: Mapped[int]

    source: Mapped[InteractionSource] = relationship(lazy="raise_on_sql")


class InteractionErasure(Base):
    """Rows of one customer that are being erased from a log; it goes when they are gone.

    It is kept before the log's file is touched, so that an erasure that breaks off is seen and
    ended. ``customer`` is the pseudonym the log has.
    """

    __tablename__ = "interaction_erasures"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(
        ForeignKey("interaction_sources.id", ondelete="RESTRICT"), index=True
    )
    customer: Mapped[int] = mapped_column(_Wide)
    row_count: Mapped[int]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    source: Mapped[InteractionSource] = relationship(lazy="raise_on_sql")


class InteractionSuppression(Base):
    """A customer who was erased: rows of later logs that carry this pseudonym stay out.

    Nothing else is kept of them. The pseudonym is the logs' keyed hash; without the key nobody
    tells whose it is.
    """

    __tablename__ = "interaction_suppressions"

    customer: Mapped[int] = mapped_column(_Wide, primary_key=True, autoincrement=False)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
