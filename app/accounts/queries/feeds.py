"""Find calendar feeds."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import CalendarFeed, Person


def find_feed(session: Session, person: Person) -> CalendarFeed | None:
    """The person's feed, if there is one."""
    return session.get(CalendarFeed, person.id)


def find_feed_person(session: Session, token_hash: str) -> Person | None:
    """The active person whose feed has this digest; not before they chose a password themselves."""
    return session.scalar(
        select(Person)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .where(
            CalendarFeed.token_hash == token_hash,
            Person.is_active,
            Person.must_change_password.is_(False),
        )
        .options(joinedload(Person.grants))
    )
