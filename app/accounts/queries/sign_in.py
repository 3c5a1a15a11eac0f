"""Find people's sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.accounts.models import Person, SecondFactor, SignInSession

FoundSignIn = tuple[SignInSession, Person, bool, bool]


def has_token(token_hash: str | BindParameter[str]) -> ColumnElement[bool]:
    """Whether a session is the one of this token, in force or replaced."""
    return or_(SignInSession.token_hash == token_hash, SignInSession.replaced_hash == token_hash)


def find_sign_in(session: Session, token_hash: str) -> FoundSignIn | None:
    """The session a cookie's token stands for, or stood for until it was replaced, and its person.

    Both are as stored; whether the session is over, its caller judges. The third says whether the
    person's second factor is in force, the fourth whether the company is the demo.
    """
    rows = session.execute(_of_token(), {"token_hash": token_hash}).unique()
    found = rows.first()
    return (found[0], found[1], found[2] is not None, found[3]) if found else None


@cache
def _of_token() -> Select[SignInSession, Person, datetime | None, bool]:
    """Every request asks this, and putting it together takes longer than its answer."""
    return (
        select(SignInSession, Person, SecondFactor.confirmed_at, is_demo_company())
        .join(Person, Person.id == SignInSession.person_id)
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .where(has_token(bindparam("token_hash")))
        .options(joinedload(Person.grants))
    )


def is_demo_company() -> ColumnElement[bool]:
    """Whether the demo company's people are here; asked of every page together with the person."""
    other = aliased(Person)
    return exists().where(other.is_demo).correlate(None)


def list_sign_ins(session: Session, person: Person, *, since: datetime) -> Sequence[SignInSession]:
    """A person's sessions begun after ``since``, the last used first."""
    return session.scalars(
        select(SignInSession)
        .where(SignInSession.person_id == person.id, SignInSession.created_at > since)
        .order_by(SignInSession.seen_at.desc())
    ).all()
