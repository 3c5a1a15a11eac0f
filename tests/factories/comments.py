"""Comments on things."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.comments.models import Comment
from app.comments.queries import get_subject
from app.comments.rules import Thing
from app.comments.services import write_comment


def say(
    session: Session,
    number: int,
    text: str = "What about the pilot?",
    *,
    actor: Person,
    now: datetime,
    thing: Thing = Thing.INITIATIVE,
) -> Comment:
    """Write a comment on an initiative, or another thing, without letters."""
    subject = get_subject(session, thing, number)
    return write_comment(session, subject, text, actor=actor, outbox=None, now=now).comment
