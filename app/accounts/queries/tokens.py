"""Find personal tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import ApiToken, Person, SecondFactor


def is_live_token(now: datetime) -> ColumnElement[bool]:
    """Whether a token still lets somebody in."""
    return and_(
        ApiToken.revoked_at.is_(None), ApiToken.expires_at > now, ApiToken.created_at <= now
    )


def find_token(
    session: Session, token_hash: str, *, now: datetime
) -> tuple[ApiToken, Person, bool] | None:
    """The live token with this digest and its active person.

    The third says whether the person's second factor is in force.
    """
    rows = session.execute(
        select(ApiToken, Person, SecondFactor.confirmed_at)
        .join(Person, Person.id == ApiToken.person_id)
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .where(ApiToken.token_hash == token_hash, is_live_token(now), Person.is_active)
        .options(joinedload(Person.grants))
    ).unique()
    found = rows.first()
    return (found[0], found[1], found[2] is not None) if found else None


def list_tokens(session: Session, person: Person, *, now: datetime) -> Sequence[ApiToken]:
    """A person's live tokens, the newest first."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.person_id == person.id, is_live_token(now))
        .order_by(ApiToken.id.desc())
    ).all()
