"""What an ID token says, believed only after every check of OpenID Connect Core 3.1.3.7."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LEEWAY = timedelta(seconds=60)
LONGEST_SUBJECT = 255


class ClaimsRefusedError(Exception):
    """An ID token that is not believed; the message is for the log."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who the provider says somebody is. ``email`` only where the provider has verified it."""

    issuer: str
    subject: str
    email: str | None
    has_second_factor: bool


def checked_claims(
    found: Mapping[str, Any],
    *,
    issuer: str,
    client: str,
    nonce: str,
    max_age: timedelta | None,
    second_factors: Collection[str],
    now: datetime,
) -> Claims:
    """The claims of a token whose signature was right; raises ClaimsRefusedError.

    ``max_age``: how long ago the person may have proved at the provider who they are.
    ``second_factors``: values of ``amr`` or ``acr`` that mean more than a password.
    """
    if found.get("iss") != issuer:
        raise ClaimsRefusedError("another issuer")
    _check_audience(found, client)
    _check_times(found, max_age, now)
    said = found.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise ClaimsRefusedError("another nonce")
    subject = found.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ClaimsRefusedError("no subject")
    email = found.get("email")
    is_verified = found.get("email_verified") is True and isinstance(email, str)
    methods = found.get("amr")
    named = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
    named |= {found["acr"]} if isinstance(found.get("acr"), str) else set()
    return Claims(
        issuer, subject, str(email) if is_verified else None, bool(named & {*second_factors})
    )


def _check_audience(found: Mapping[str, Any], client: str) -> None:
    meant = found.get("aud")
    audience = [meant] if isinstance(meant, str) else meant
    if not isinstance(audience, list) or client not in audience:
        raise ClaimsRefusedError("another audience")
    party = found.get("azp")
    if (len(audience) > 1 or party is not None) and party != client:
        raise ClaimsRefusedError("another authorized party")


def _check_times(found: Mapping[str, Any], max_age: timedelta | None, now: datetime) -> None:
    at = now.timestamp()
    expires, issued = _seconds(found, "exp"), _seconds(found, "iat")
    leeway = LEEWAY.total_seconds()
    if expires + leeway <= at:
        raise ClaimsRefusedError("expired")
    if issued - leeway > at:
        raise ClaimsRefusedError("issued in the future")
    if max_age is None:
        return
    proved = _seconds(found, "auth_time")
    if proved - leeway > at or at - proved > max_age.total_seconds() + leeway:
        raise ClaimsRefusedError("proved too long ago")


def _seconds(found: Mapping[str, Any], name: str) -> float:
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ClaimsRefusedError(f"no {name}")
    return float(value)
