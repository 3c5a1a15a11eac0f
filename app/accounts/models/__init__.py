"""People, their roles, how they sign in, links sent to them and the sign-in throttle."""

from __future__ import annotations

from app.accounts.models.digests import Digest
from app.accounts.models.feeds import CalendarFeed
from app.accounts.models.identities import Identity
from app.accounts.models.links import AccountLink, LinkKind, ResetRequest
from app.accounts.models.people import Person, RoleGrant
from app.accounts.models.second_factor import KnownDevice, RecoveryCode, SecondFactor
from app.accounts.models.sign_in import Factor, SignInSession, SignInThrottle
from app.accounts.models.tokens import ApiToken

__all__ = [
    "AccountLink",
    "ApiToken",
    "CalendarFeed",
    "Digest",
    "Factor",
    "Identity",
    "KnownDevice",
    "LinkKind",
    "Person",
    "RecoveryCode",
    "ResetRequest",
    "RoleGrant",
    "SecondFactor",
    "SignInSession",
    "SignInThrottle",
]
