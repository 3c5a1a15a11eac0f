"""Who a provider says somebody is becomes a person here, by subject, never by address again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.engine import Claims
from app.accounts.models import Identity, Person
from app.accounts.queries import find_identified, find_person_by_email
from app.accounts.services.people import void_links
from app.audit.services import record
from app.db.statements import insert_into
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

    Whoever arrives twice at one moment is linked by one of the two and signs in with both. Raises
    NotAllowedError where there is nobody, or somebody linked to another subject already.
    """
    person = find_person_by_email(session, claims.email or "")
    if person is None or not person.is_active or not _is_new(session, person, claims, now):
        person = identified_person(session, claims)
        if person is None:
            raise NotAllowedError(NOT_KNOWN)
        return person
    person.invited_at = None
    void_links(session, person, why="They sign in at the provider.", now=now)
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


def _is_new(session: Session, person: Person, claims: Claims, now: datetime) -> bool:
    """Keep the link, unless the person or the subject has one; a link being made is waited for."""
    link = insert_into(session, Identity).values(
        person_id=person.id, issuer=claims.issuer, subject=claims.subject, linked_at=now
    )
    return session.scalar(link.on_conflict_do_nothing().returning(Identity.id)) is not None
