"""How long a sign-in lasts, and how long to wait after wrong passwords."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts.rules.roles import SENSITIVE_ROLES, Role

FREE_FAILURES_ACCOUNT = 5
FREE_FAILURES_ADDRESS = 30
FREE_FAILURES_DEVICE = 10
FREE_RESETS = 3
FREE_RESETS_ADDRESS = 10
INVITATION_FOR = timedelta(days=7)
RESET_FOR = timedelta(minutes=30)
"""How long a link to choose a password works."""
KNOWN_FOR = timedelta(days=180)
"""How long a browser is known after somebody last signed in with it."""
LONGEST_WAIT = timedelta(minutes=15)
FORGET_FAILURES_AFTER = timedelta(hours=24)


def wait_after(failures: int, free: int) -> timedelta:
    """How long a bucket stays shut after so many failures: none while free, then doubling."""
    if failures <= free:
        return timedelta(0)
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(failures - free, 20)))


CLOCK_LEEWAY = timedelta(seconds=5)
STEP_UP = timedelta(minutes=10)
"""How long a proof of who somebody is counts for decisions about money and rights."""

TOKEN_GRACE = timedelta(seconds=10)
"""How long a replaced token still finds its session, for a form that was sent twice."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a sign-in lasts, in use and idle; idle is shorter where money or rights are."""

    absolute: timedelta
    idle: timedelta
    idle_sensitive: timedelta


def session_is_over(
    *,
    created_at: datetime,
    seen_at: datetime,
    roles: frozenset[Role],
    limits: SessionLimits,
    now: datetime,
) -> bool:
    """Whether a sign-in has ended by time, or claims to come from the future."""
    if created_at > now + CLOCK_LEEWAY or seen_at > now + CLOCK_LEEWAY:
        return True
    idle = limits.idle if roles.isdisjoint(SENSITIVE_ROLES) else limits.idle_sensitive
    return now - created_at >= limits.absolute or now - seen_at >= idle


def proof_is_fresh(confirmed_at: datetime, now: datetime) -> bool:
    """Whether a proof of who somebody is still counts; one from the future never does."""
    return -CLOCK_LEEWAY <= now - confirmed_at <= STEP_UP
