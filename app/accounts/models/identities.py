"""Who a person is at an OpenID provider."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.types import UtcDateTime


class Identity(Base):
    """A person's name at a provider, by which they are known from the first sign-in there on."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("person_id", "issuer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    issuer: Mapped[str]
    subject: Mapped[str]
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
