"""Find people's sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Person, SignInSession


def find_sign_in(session: Session, token_hash: str) -> tuple[SignInSession, Person] | None:
    """The session a cookie's token stands for and its person, as stored."""
    rows = session.execute(
        select(SignInSession, Person)
        .join(Person, Person.id == SignInSession.person_id)
        .where(SignInSession.token_hash == token_hash)
        .options(joinedload(Person.grants))
    ).unique()
    found = rows.first()
    return (found[0], found[1]) if found else None


def list_sign_ins(session: Session, person: Person, *, since: datetime) -> Sequence[SignInSession]:
    """A person's sessions begun after ``since``, the last used first."""
    return session.scalars(
        select(SignInSession)
        .where(SignInSession.person_id == person.id, SignInSession.created_at > since)
        .order_by(SignInSession.seen_at.desc())
    ).all()
