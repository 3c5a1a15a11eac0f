"""Find who somebody is at a provider."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Identity, Person


def find_identified(session: Session, issuer: str, subject: str) -> Person | None:
    """The person linked to this subject of this issuer, active or not."""
    return session.scalar(
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.issuer == issuer, Identity.subject == subject)
    )
