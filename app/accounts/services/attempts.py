"""Attempts to sign in, counted before they are judged, and browsers that are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import KnownDevice, Person, SignInThrottle
from app.accounts.queries import is_known_device
from app.accounts.rules import (
    FORGET_FAILURES_AFTER,
    FREE_FAILURES_ACCOUNT,
    FREE_FAILURES_ADDRESS,
    FREE_FAILURES_DEVICE,
    FREE_RESETS,
    FREE_RESETS_ADDRESS,
    KNOWN_FOR,
    LONGEST_WAIT,
    wait_after,
)
from app.db.statements import insert_into


@dataclass(frozen=True, slots=True)
class SignInDevice:
    """Where somebody signs in from; ``token`` is the secret a browser is known by."""

    address: str
    browser: str
    token: str | None = None


def token_hash(token: str) -> str:
    """What a row keeps of a cookie's token."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def begin_attempt(
    session: Session, *, email: str, device: SignInDevice, by_code: bool = False, now: datetime
) -> timedelta | None:
    """Count an attempt before what was typed is looked at; gives the wait if it comes too early.

    Counting first keeps a burst of parallel attempts from slipping through. `forgive_attempts`
    forgets them again. A browser the person is known in has a bucket of its own, so that nobody
    else shuts them out; codes have one in all networks, since only who knows the password gets
    that far.
    """
    email = email.strip().lower()
    buckets = [
        (_code_bucket(email) if by_code else _account_bucket(email, device), FREE_FAILURES_ACCOUNT),
        (_address_bucket(device), FREE_FAILURES_ADDRESS),
    ]
    if device.token and _is_known(session, email, device.token, now):
        buckets = [(_device_bucket(email, device.token), FREE_FAILURES_DEVICE)]
    return _count(session, buckets, now)


def begin_reset(
    session: Session, *, email: str, device: SignInDevice, now: datetime
) -> timedelta | None:
    """Count that somebody asks for a new password, whoever that address belongs to, if anybody.

    Gives the wait if it comes too early. It counts beside sign-ins, so that asking for somebody
    else shuts nobody out.
    """
    asked = email.strip().lower()
    buckets = [
        (_bucket("reset", asked), FREE_RESETS),
        (_bucket("reset address", device.address), FREE_RESETS_ADDRESS),
    ]
    return _count(session, buckets, now)


def begin_return(session: Session, *, device: SignInDevice, now: datetime) -> timedelta | None:
    """Count that somebody comes back from the provider, before it is asked who that is.

    Gives the wait if it comes too early. It counts against the address as passwords do, beside
    them; `forgive_return` forgets it once the provider has said who it is.
    """
    return _count(session, [(_return_bucket(device), FREE_FAILURES_ADDRESS)], now)


def forgive_return(session: Session, *, device: SignInDevice, now: datetime) -> None:
    """Count no longer that somebody came back whom the provider knows."""
    _give_back(session, _return_bucket(device), 1, now)


def _count(session: Session, buckets: list[tuple[str, int]], now: datetime) -> timedelta | None:
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


def forgive_attempts(
    session: Session, person: Person, *, device: SignInDevice, count: int = 1, now: datetime
) -> None:
    """Forget a person's failures here once they proved who they are.

    The last ``count`` attempts no longer count against the address, which many people may share.
    """
    if device.token and _is_known(session, person.email, device.token, now):
        _forget(session, _device_bucket(person.email, device.token))
        return
    _forget(session, _account_bucket(person.email, device), _code_bucket(person.email))
    _give_back(session, _address_bucket(device), count, now)


def _give_back(session: Session, bucket: str, count: int, now: datetime) -> None:
    """Take back the last attempts that count against an address."""
    throttle = _locked_throttle(session, bucket, now)
    throttle.failures = max(0, throttle.failures - count)
    open_again = now + wait_after(throttle.failures, FREE_FAILURES_ADDRESS)
    throttle.open_at = min(throttle.open_at, open_again)


def remember_device(session: Session, person: Person, device: SignInDevice, now: datetime) -> None:
    """Note that a person has signed in with this browser."""
    if device.token is None:
        return
    session.execute(delete(KnownDevice).where(KnownDevice.seen_at < now - KNOWN_FOR))
    values = {"person_id": person.id, "token_hash": token_hash(device.token)}
    session.execute(
        insert_into(session, KnownDevice)
        .values(**values, created_at=now, seen_at=now)
        .on_conflict_do_update(index_elements=["person_id", "token_hash"], set_={"seen_at": now})
    )


def forget_devices(session: Session, person: Person) -> None:
    """Make every browser of a person unknown again."""
    session.execute(delete(KnownDevice).where(KnownDevice.person_id == person.id))


def network_of(address: str) -> str:
    """The network an address belongs to: /24 for IPv4, /64 for IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{known}/{24 if known.version == 4 else 64}", strict=False))


def _is_known(session: Session, email: str, token: str, now: datetime) -> bool:
    if "\x00" in email:
        return False
    return is_known_device(session, email, token_hash(token), since=now - KNOWN_FOR)


def _account_bucket(email: str, device: SignInDevice) -> str:
    return _bucket("account", email, network_of(device.address))


def _code_bucket(email: str) -> str:
    return _bucket("code", email)


def _device_bucket(email: str, token: str) -> str:
    return _bucket("device", email, token_hash(token))


def _address_bucket(device: SignInDevice) -> str:
    return _bucket("address", device.address)


def _return_bucket(device: SignInDevice) -> str:
    return _bucket("return", device.address)


def _bucket(kind: str, *parts: str) -> str:
    content = "\n".join(parts).encode("utf-8", "replace")
    return f"{kind}:{sha256(content).hexdigest()}"


def _forget(session: Session, *buckets: str) -> None:
    session.execute(delete(SignInThrottle).where(SignInThrottle.bucket.in_(buckets)))


def _locked_throttle(session: Session, bucket: str, now: datetime) -> SignInThrottle:
    session.execute(
        insert_into(session, SignInThrottle)
        .values(bucket=bucket, failures=0, open_at=now)
        .on_conflict_do_nothing(index_elements=["bucket"])
    )
    return session.scalars(
        select(SignInThrottle).where(SignInThrottle.bucket == bucket).with_for_update()
    ).one()
