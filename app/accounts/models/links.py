"""Links by which somebody chooses a password, sent to them by mail."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.types import EnumText, UtcDateTime


class LinkKind(Enum):
    """What a link is for."""

    INVITATION = "invitation"
    RESET = "reset"


class AccountLink(Base):
    """A link that works once. Only the SHA-256 of its token is kept."""

    __tablename__ = "account_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LinkKind] = mapped_column(EnumText(LinkKind))
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ResetRequest(Base):
    """Somebody asks for a new password; the worker finds out whether anybody has this address.

    It goes as soon as it is answered.
    """

    __tablename__ = "reset_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
