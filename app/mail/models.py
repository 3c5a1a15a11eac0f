"""Letters to be sent, written in the transaction of what they tell."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.types import EnumText, UtcDateTime
from app.mail.rules import MailState


class Mail(Base):
    """One letter to one address.

    ``body`` is sealed and goes as soon as the letter is sent or no longer worth sending: it may
    hold a link that lets somebody in. ``message_id`` stays the same at every try, so that a letter
    that arrives twice is known for one.
    """

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_state_next_try_at", "state", "next_try_at"),
        CheckConstraint(
            "state NOT IN ('sent', 'expired') OR body IS NULL", name="nothing_left_behind"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    body: Mapped[bytes | None]
    message_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[MailState] = mapped_column(EnumText(MailState))
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sending_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_fault: Mapped[str | None]

    @property
    def audit_key(self) -> str:
        return f"mail:{self.id}"
