"""Find links sent to people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.accounts.models import AccountLink, LinkKind, Person, ResetRequest


def is_open_link(now: datetime) -> ColumnElement[bool]:
    """Whether a link still works."""
    return and_(
        AccountLink.used_at.is_(None),
        AccountLink.revoked_at.is_(None),
        AccountLink.expires_at > now,
        AccountLink.created_at <= now,
    )


def find_link(
    session: Session, token_hash: str, *, now: datetime
) -> tuple[AccountLink, Person] | None:
    """The link of this token that still works, and the active person it is for."""
    row = session.execute(
        select(AccountLink, Person)
        .join(Person, Person.id == AccountLink.person_id)
        .where(AccountLink.token_hash == token_hash, is_open_link(now), Person.is_active)
    ).first()
    return (row[0], row[1]) if row else None


def find_invitation(session: Session, person: Person, *, now: datetime) -> AccountLink | None:
    """A person's invitation that still works."""
    return session.scalar(
        select(AccountLink)
        .where(
            AccountLink.person_id == person.id,
            AccountLink.kind == LinkKind.INVITATION,
            is_open_link(now),
        )
        .order_by(AccountLink.id.desc())
    )


def has_reset_requests(session: Session) -> bool:
    """Whether somebody asked for a new password and got no answer yet."""
    return session.scalar(select(ResetRequest.id).limit(1)) is not None
