"""People, the roles granted to them, how they sign in and the sign-in throttle."""

from __future__ import annotations

from app.accounts.models.people import Person, RoleGrant
from app.accounts.models.second_factor import KnownDevice, RecoveryCode, SecondFactor
from app.accounts.models.sign_in import Factor, SignInSession, SignInThrottle

__all__ = [
    "Factor",
    "KnownDevice",
    "Person",
    "RecoveryCode",
    "RoleGrant",
    "SecondFactor",
    "SignInSession",
    "SignInThrottle",
]
