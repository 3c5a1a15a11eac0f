"""Signing in: sessions kept as rows."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import Factor, Person, SignInSession, SignInThrottle
from app.accounts.queries import find_person_by_email, has_token
from app.accounts.services.attempts import (
    SignInDevice,
    forgive_attempts,
    remember_device,
    token_hash,
)
from app.accounts.services.passwords import password_fits
from app.audit.services import record
from app.db.statements import rows_changed
from app.errors import NotFoundError

LONGEST_BROWSER = 200
KEPT_UNUSED = timedelta(days=7)


def password_matches(session: Session, *, email: str, password: str) -> Person | None:
    """The active person with this address and password; it takes as long without one."""
    person = find_person_by_email(session, email)
    known = person is not None and person.is_active
    fits = password_fits(password, person.password_hash if person and known else None)
    return person if fits else None


def password_is_theirs(person: Person, password: str) -> bool:
    """Whether this is the password of somebody who is signed in."""
    return password_fits(password, person.password_hash)


def open_session(
    session: Session,
    person: Person,
    *,
    device: SignInDevice,
    replaces: str | None = None,
    factor: Factor = Factor.PASSWORD,
    now: datetime,
) -> str:
    """Open a session and give the cookie's new token; the one it replaces opens nothing.

    The caller records what this is part of. Sessions nobody can use any more are swept out on the
    way.
    """
    session.execute(delete(SignInSession).where(SignInSession.seen_at < now - KEPT_UNUSED))
    session.execute(delete(SignInThrottle).where(SignInThrottle.open_at < now - KEPT_UNUSED))
    if replaces is not None:
        session.execute(
            delete(SignInSession).where(SignInSession.token_hash == token_hash(replaces))
        )
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            token_hash=token_hash(token),
            person_id=person.id,
            created_at=now,
            seen_at=now,
            confirmed_at=now,
            address=device.address,
            browser=device.browser[:LONGEST_BROWSER],
            factor=factor,
        )
    )
    remember_device(session, person, device, now)
    return token


def sign_in_person(
    session: Session,
    person: Person,
    *,
    device: SignInDevice,
    replaces: str | None = None,
    factor: Factor = Factor.PASSWORD,
    now: datetime,
) -> str:
    """Open a session after a right password, and a right code if there is one; give its token.

    Who comes back from a provider typed nothing here that had been counted.
    """
    steps = {Factor.PASSWORD: 1, Factor.TOTP: 2, Factor.RECOVERY: 2}.get(factor, 0)
    forgive_attempts(session, person, device=device, count=steps, now=now)
    record(session, actor=person, action="person.signed_in", subject=person.audit_key, now=now)
    return open_session(session, person, device=device, replaces=replaces, factor=factor, now=now)


def renew_proof(
    session: Session,
    person: Person,
    session_id: int,
    *,
    device: SignInDevice,
    rotates: bool,
    counted: int = 1,
    now: datetime,
) -> str | None:
    """Note in a session that its person has just proved who they are, and give its new token.

    Without ``rotates`` the proof counts for the request at hand alone: the token was replaced a
    moment ago by the same form sent before. ``counted``: the attempts that were counted for it.
    """
    kept = session.get_one(SignInSession, session_id)
    token = secrets.token_urlsafe(32) if rotates else None
    if token is not None:
        kept.replaced_hash, kept.token_hash = kept.token_hash, token_hash(token)
        kept.confirmed_at = now
    forgive_attempts(session, person, device=device, count=counted, now=now)
    record(session, actor=person, action="person.confirmed", subject=person.audit_key, now=now)
    return token


def close_session(session: Session, token: str, *, actor: Person, now: datetime) -> None:
    """Sign out: the cookie, copied or not, opens nothing any more."""
    session.execute(delete(SignInSession).where(has_token(token_hash(token))))
    record(session, actor=actor, action="person.signed_out", subject=actor.audit_key, now=now)


def end_other_sessions(session: Session, person: Person, *, but_token: str, now: datetime) -> int:
    """Sign a person out everywhere but in one browser; gives how many sessions ended."""
    ended = close_sessions(session, person, but_token=but_token)
    record(
        session,
        actor=person,
        action="person.other_sessions_ended",
        subject=person.audit_key,
        after={"ended": ended},
        now=now,
    )
    return ended


def end_session(
    session: Session, person: Person, session_id: int, *, actor: Person, now: datetime
) -> None:
    """Sign a person out in one browser; raises NotFoundError where it isn't theirs."""
    query = delete(SignInSession).where(
        SignInSession.id == session_id, SignInSession.person_id == person.id
    )
    if rows_changed(session, query) == 0:
        raise NotFoundError("This session has ended already.")
    _record_ended(session, person, 1, actor=actor, now=now)


def end_sessions(session: Session, person: Person, *, actor: Person, now: datetime) -> int:
    """Sign a person out everywhere; gives how many sessions ended."""
    ended = close_sessions(session, person)
    _record_ended(session, person, ended, actor=actor, now=now)
    return ended


def _record_ended(
    session: Session, person: Person, ended: int, *, actor: Person, now: datetime
) -> None:
    record(
        session,
        actor=actor,
        action="person.sessions_ended",
        subject=person.audit_key,
        after={"ended": ended},
        now=now,
    )


def close_sessions(session: Session, person: Person, *, but_token: str | None = None) -> int:
    """End a person's sessions, all or all but one; the caller records why."""
    query = delete(SignInSession).where(SignInSession.person_id == person.id)
    if but_token is not None:
        kept = select(SignInSession.id).where(has_token(token_hash(but_token)))
        query = query.where(SignInSession.id.not_in(kept))
    return rows_changed(session, query)


def touch_session(session: Session, session_id: int, *, now: datetime) -> None:
    """Note that a session is in use; this is no change anybody would ask the audit about."""
    kept = session.get(SignInSession, session_id)
    if kept is not None and kept.seen_at < now:
        kept.seen_at = now
