"""People, the roles granted to them, their sign-in sessions and the sign-in throttle."""

from __future__ import annotations

from app.accounts.models.people import Person, RoleGrant
from app.accounts.models.sign_in import SignInSession, SignInThrottle

__all__ = ["Person", "RoleGrant", "SignInSession", "SignInThrottle"]
