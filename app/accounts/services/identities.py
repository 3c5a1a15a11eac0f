"""Who a provider says somebody is becomes a person here, by subject, never by address again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.engine import Claims
from app.accounts.models import Identity, Person
from app.accounts.queries import find_identified, find_person_by_email, has_identity
from app.accounts.services.people import void_links
from app.audit.services import record
from app.errors import NotAllowedError

NOT_KNOWN = (
    "Nobody here is known by what the provider says of you. Ask an admin to add you with the e-mail"
    " address that you have there."
)


def identified_person(session: Session, claims: Claims) -> Person | None:
    """The active person these claims are linked to; None if they are linked to nobody yet.

    Raises NotAllowedError for somebody who is barred from signing in.
    """
    person = find_identified(session, claims.issuer, claims.subject)
    if person is not None and not person.is_active:
        raise NotAllowedError(NOT_KNOWN)
    return person


def link_identity(session: Session, claims: Claims, *, now: datetime) -> Person:
    """Link claims to the active person with their verified address, once; nobody is added.

    Raises NotAllowedError where there is nobody, or somebody linked to another subject already.
    """
    person = find_person_by_email(session, claims.email or "")
    if person is None or not person.is_active or has_identity(session, person, claims.issuer):
        raise NotAllowedError(NOT_KNOWN)
    session.add(
        Identity(person_id=person.id, issuer=claims.issuer, subject=claims.subject, linked_at=now)
    )
    person.invited_at = None
    void_links(session, person, now=now)
    session.flush()
    record(
        session,
        actor=person,
        action="person.identity_linked",
        subject=person.audit_key,
        after={"issuer": claims.issuer, "subject": claims.subject},
        now=now,
    )
    return person
