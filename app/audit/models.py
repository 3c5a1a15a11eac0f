"""Audit events, the head of their chain and answers remembered by request key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import AppendOnly, Base
from app.db.types import CanonicalJson, UtcDateTime


class AuditEvent(AppendOnly, Base):
    """One change: who, what, to which subject, from what to what, and the link to the event before.

    ``content`` holds the canonical bytes that were hashed; the other columns repeat parts of it
    for searching. ``hash = sha256(previous_hash + content)``.
    """

    __tablename__ = "audit_events"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(index=True)
    actor_name: Mapped[str]
    action: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str | None]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


class AuditHead(Base):
    """The last event of the chain; one row, locked while an event is appended."""

    __tablename__ = "audit_heads"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str]


class RequestKey(Base):
    """The first answer given to a request key, so that sending twice acts once."""

    __tablename__ = "request_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    action: Mapped[str]
    parameters_digest: Mapped[str]
    answer: Mapped[object | None] = mapped_column(CanonicalJson)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
