"""Find second factors and known browsers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import KnownDevice, Person, RecoveryCode, SecondFactor


def find_factor(session: Session, person: Person) -> SecondFactor | None:
    """A person's second factor, in force or begun."""
    return session.scalar(select(SecondFactor).where(SecondFactor.person_id == person.id))


def has_second_factor(session: Session, person: Person) -> bool:
    """Whether a person's second factor is in force."""
    found = find_factor(session, person)
    return found is not None and found.confirmed_at is not None


def count_recovery_codes(session: Session, person: Person) -> int:
    """How many of a person's recovery codes are left."""
    mine = (RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*mine)) or 0


def is_known_device(session: Session, email: str, token_hash: str, *, since: datetime) -> bool:
    """Whether the person with this address signed in with this browser since then."""
    found = session.scalar(
        select(KnownDevice.id)
        .join(Person, Person.id == KnownDevice.person_id)
        .where(
            Person.email == email,
            KnownDevice.token_hash == token_hash,
            KnownDevice.seen_at > since,
        )
    )
    return found is not None
