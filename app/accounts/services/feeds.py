"""A calendar feed: made and replaced by its person, ended by them or with their account."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.models import CalendarFeed, Person
from app.accounts.queries.feeds import find_feed
from app.accounts.services.attempts import token_hash
from app.audit.services import record
from app.db.statements import rows_changed
from app.errors import NotAllowedError, NotFoundError


def renew_feed(session: Session, person: Person, *, now: datetime) -> str:
    """Make one's feed, in place of the one before; gives its secret, to be shown once."""
    if person.opens_only_account or person.token_id:
        raise NotAllowedError("A calendar address is made by somebody who is fully signed in.")
    action = "person.feed_replaced" if find_feed(session, person) else "person.feed_made"
    end_feed(session, person)
    secret = secrets.token_urlsafe(32)
    session.add(CalendarFeed(person_id=person.id, token_hash=token_hash(secret), created_at=now))
    session.flush()
    _record(session, person, action, now=now)
    return secret


def revoke_feed(session: Session, person: Person, *, now: datetime) -> None:
    """End one's own feed. Raises NotFoundError where there is none."""
    if not end_feed(session, person):
        raise NotFoundError("Your calendar address has ended already.")
    _record(session, person, "person.feed_ended", now=now)


def end_feed(session: Session, person: Person) -> int:
    """End a person's feed, if there is one; the caller records why."""
    gone = delete(CalendarFeed).where(CalendarFeed.person_id == person.id)
    return rows_changed(session, gone)


def _record(session: Session, person: Person, action: str, *, now: datetime) -> None:
    record(session, actor=person, action=action, subject=person.audit_key, now=now)
