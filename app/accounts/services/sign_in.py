"""Signing in: attempts counted before they are judged, sessions kept as rows."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.accounts.models import Person, SignInSession, SignInThrottle
from app.accounts.queries import find_person_by_email, has_token
from app.accounts.rules import (
    FORGET_FAILURES_AFTER,
    FREE_FAILURES_ACCOUNT,
    FREE_FAILURES_ADDRESS,
    LONGEST_WAIT,
    wait_after,
)
from app.accounts.services.passwords import password_fits
from app.audit.services import record
from app.db.statements import rows_changed

LONGEST_BROWSER = 200
KEPT_UNUSED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SignInDevice:
    """Where somebody signs in from."""

    address: str
    browser: str


def token_hash(token: str) -> str:
    """What the row keeps of a cookie's token."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def begin_attempt(
    session: Session, *, email: str, device: SignInDevice, now: datetime
) -> timedelta | None:
    """Count an attempt before the password is looked at; gives the wait if it comes too early.

    Counting first keeps a burst of parallel attempts from slipping through. `open_session` forgets
    the failures of the account again, `sign_in_person` this attempt of the address.
    """
    buckets = [
        (_account_bucket(email, device), FREE_FAILURES_ACCOUNT),
        (_bucket("address", device.address), FREE_FAILURES_ADDRESS),
    ]
    throttles = [_locked_throttle(session, bucket, now) for bucket, _ in buckets]
    wait = max(throttle.open_at for throttle in throttles) - now
    if wait > timedelta(0):
        return min(wait, LONGEST_WAIT)
    for throttle, (_, free) in zip(throttles, buckets, strict=True):
        if now - throttle.open_at > FORGET_FAILURES_AFTER:
            throttle.failures = 0
        throttle.failures += 1
        throttle.open_at = now + wait_after(throttle.failures, free)
    return None


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
    now: datetime,
) -> str:
    """Sign a person in and give the cookie's new token; the one it replaces opens nothing.

    Sessions nobody can use any more are swept out on the way.
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
        )
    )
    _forget_failures(session, person, device)
    record(session, actor=person, action="person.signed_in", subject=person.audit_key, now=now)
    return token


def sign_in_person(
    session: Session,
    person: Person,
    *,
    device: SignInDevice,
    replaces: str | None = None,
    now: datetime,
) -> str:
    """Open a session after a right password and give its token.

    The attempt then counts no longer against the address, which many people may share.
    """
    token = open_session(session, person, device=device, replaces=replaces, now=now)
    _forgive_address(session, device, now)
    return token


def renew_proof(
    session: Session,
    person: Person,
    session_id: int,
    *,
    device: SignInDevice,
    rotates: bool,
    now: datetime,
) -> str | None:
    """Note in a session that its person has just proved who they are, and give its new token.

    Without ``rotates`` the proof counts for the request at hand alone: the token was replaced a
    moment ago by the same form sent before.
    """
    kept = session.get_one(SignInSession, session_id)
    token = secrets.token_urlsafe(32) if rotates else None
    if token is not None:
        kept.replaced_hash, kept.token_hash = kept.token_hash, token_hash(token)
        kept.confirmed_at = now
    _forget_failures(session, person, device)
    _forgive_address(session, device, now)
    record(session, actor=person, action="person.confirmed", subject=person.audit_key, now=now)
    return token


def _forget_failures(session: Session, person: Person, device: SignInDevice) -> None:
    session.execute(
        delete(SignInThrottle).where(SignInThrottle.bucket == _account_bucket(person.email, device))
    )


def _forgive_address(session: Session, device: SignInDevice, now: datetime) -> None:
    throttle = _locked_throttle(session, _bucket("address", device.address), now)
    throttle.failures = max(0, throttle.failures - 1)
    open_again = now + wait_after(throttle.failures, FREE_FAILURES_ADDRESS)
    throttle.open_at = min(throttle.open_at, open_again)


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


def network_of(address: str) -> str:
    """The network an address belongs to: /24 for IPv4, /64 for IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{known}/{24 if known.version == 4 else 64}", strict=False))


def _account_bucket(email: str, device: SignInDevice) -> str:
    return _bucket("account", email.strip().lower(), network_of(device.address))


def _bucket(kind: str, *parts: str) -> str:
    content = "\n".join(parts).encode("utf-8", "replace")
    return f"{kind}:{sha256(content).hexdigest()}"


def _locked_throttle(session: Session, bucket: str, now: datetime) -> SignInThrottle:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite_insert if is_sqlite else postgresql_insert
    session.execute(
        insert(SignInThrottle)
        .values(bucket=bucket, failures=0, open_at=now)
        .on_conflict_do_nothing(index_elements=["bucket"])
    )
    return session.scalars(
        select(SignInThrottle).where(SignInThrottle.bucket == bucket).with_for_update()
    ).one()
