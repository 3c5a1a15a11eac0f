"""One-time codes after RFC 6238, and who can't go without them."""

from __future__ import annotations

import hmac
from datetime import datetime

from app.accounts.rules.roles import SENSITIVE_ROLES, Role

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
RECOVERY_CODES = 10

FACTOR_REFUSAL = (
    "Your account needs a second factor, so it opens nothing until you have set one up. Do that on"
    " your account page."
)


def totp(secret: bytes, step: int) -> str:
    """The code of a step: HMAC-SHA-1, truncated to six digits (RFC 4226, 5.3)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 15
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_at(moment: datetime) -> int:
    """The number of the half minute since 1970."""
    return int(moment.timestamp()) // STEP_SECONDS


def matching_step(
    secret: bytes, code: str, *, now: datetime, last_step: int | None = None
) -> int | None:
    """The step whose code this is: this one or a neighbour, later than the last one used."""
    around = step_at(now)
    for step in (around, around - 1, around + 1):
        is_unused = last_step is None or step > last_step
        if is_unused and hmac.compare_digest(totp(secret, step).encode(), code.encode()):
            return step
    return None


def lacks_second_factor(
    roles: frozenset[Role], *, has_factor: bool, has_short_password: bool, is_required: bool
) -> bool:
    """Whether somebody needs a second factor and has none.

    ``is_required``: this installation requires it for Finance and Admin. A password that is only
    long enough beside a second factor is not enough without it.
    """
    if has_factor:
        return False
    return has_short_password or (is_required and not roles.isdisjoint(SENSITIVE_ROLES))


def removal_bar(
    roles: frozenset[Role], *, has_short_password: bool, is_required: bool
) -> str | None:
    """Why somebody can't go without their second factor, as a sentence; None if they can."""
    if is_required and not roles.isdisjoint(SENSITIVE_ROLES):
        return "Finance and Admin need a second factor here; an admin resets a lost one."
    if has_short_password:
        return "Your password is too short without a second factor; change it first."
    return None
