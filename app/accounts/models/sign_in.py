"""Signed-in browsers and the throttle of failed sign-ins."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.types import EnumText, UtcDateTime


class Factor(Enum):
    """What somebody signed in with."""

    PASSWORD = "password"
    TOTP = "totp"
    RECOVERY = "recovery"
    PROVIDER = "provider"
    PROVIDER_FACTOR = "provider_factor"

    @property
    def is_of_provider(self) -> bool:
        """Whether it was proved at the OpenID provider, which confirms it again."""
        return self in (Factor.PROVIDER, Factor.PROVIDER_FACTOR)

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = {
    Factor.PASSWORD: "password",
    Factor.TOTP: "password and code",
    Factor.RECOVERY: "password and recovery code",
    Factor.PROVIDER: "provider",
    Factor.PROVIDER_FACTOR: "provider, with a second factor",
}


class SignInSession(Base):
    """One signed-in browser. The cookie holds a random token, the row only its SHA-256.

    ``confirmed_at`` is when the person last proved who they are; ``replaced_hash`` is of the token
    that was in force until then.
    """

    __tablename__ = "sign_in_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str]
    browser: Mapped[str]
    factor: Mapped[Factor] = mapped_column(EnumText(Factor), server_default=Factor.PASSWORD.value)
    replaced_hash: Mapped[str | None] = mapped_column(index=True)


class SignInThrottle(Base):
    """Failed sign-ins of one bucket, an account in a network or an address, and the wait."""

    __tablename__ = "sign_in_throttles"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    open_at: Mapped[datetime] = mapped_column(UtcDateTime)
