"""Passwords: hashed with argon2id, compared in the same time for known and unknown people."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD, password_refusal
from app.errors import InvalidError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS_HASH = _hasher.hash(secrets.token_urlsafe(24))


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def password_fits(password: str, password_hash: str | None) -> bool:
    """Whether the password is the hashed one; without a hash it works as long and says no."""
    typed = password if len(password) <= LONGEST_PASSWORD else ""
    try:
        fits = _hasher.verify(password_hash or _NOBODYS_HASH, typed)
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


def check_new_password(
    password: str, *, email: str, name: str, field: str, shortest: int = SHORTEST_PASSWORD
) -> None:
    """Raise InvalidError at ``field`` when a password is too weak to be set."""
    refusal = password_refusal(password, email=email, name=name, shortest=shortest)
    if refusal:
        raise InvalidError(refusal, field=field)
