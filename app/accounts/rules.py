"""Roles and what each may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Role(Enum):
    """What a person comes to Waymark for; one person can hold several."""

    CX_LEAD = "cx_lead"
    FINANCE = "finance"
    PROGRAM_MANAGER = "program_manager"
    VIEWER = "viewer"
    ADMIN = "admin"

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = {
    Role.CX_LEAD: "CX lead",
    Role.FINANCE: "Finance",
    Role.PROGRAM_MANAGER: "Program manager",
    Role.VIEWER: "Viewer",
    Role.ADMIN: "Admin",
}

_EVERYBODY = frozenset(Role)
_LEAD = frozenset({Role.CX_LEAD})
_FINANCE = frozenset({Role.FINANCE})
_MANAGER = frozenset({Role.PROGRAM_MANAGER})
_ADMIN = frozenset({Role.ADMIN})

PERMISSIONS: dict[str, frozenset[Role]] = {
    "home.view": _EVERYBODY,
    "calendar.view": _EVERYBODY,
    "journeys.view": _EVERYBODY,
    "initiatives.view": _EVERYBODY,
    "scenarios.view": _EVERYBODY,
    "proposals.view": _EVERYBODY,
    "roadmap.view": _EVERYBODY,
    "calendar.edit": _FINANCE,
    "journeys.edit": _LEAD,
    "interactions.import": _LEAD,
    "interactions.erase": _LEAD | _ADMIN,
    "pools.certify": _FINANCE,
    "initiatives.edit": _LEAD | _MANAGER,
    "initiatives.certify": _FINANCE,
    "initiatives.hand_over": _LEAD | _ADMIN,
    "registry.import": _LEAD | _MANAGER,
    "scenarios.edit": _LEAD | _FINANCE,
    "runs.start": _LEAD | _FINANCE,
    "proposals.submit": _LEAD,
    "proposals.decide": _FINANCE,
    "evidence.record": _MANAGER | _LEAD,
    "hurdles.decide": _FINANCE,
    "roadmap.replan": _MANAGER,
    "reviews.view": _EVERYBODY,
    "reviews.assess": _LEAD | _MANAGER,
    "audit.view": _FINANCE | _ADMIN,
    "people.manage": _ADMIN,
    "jobs.view": _ADMIN,
}
"""Permission → roles that hold it. A permission that is not here does not exist."""


def role_refusal(permission: str, roles: frozenset[Role]) -> str:
    """Why these roles don't give a permission, naming those that do."""
    needed = " or ".join(role.word for role in Role if role in PERMISSIONS[permission])
    held = " and ".join(role.word for role in Role if role in roles)
    yours = f"your role is {held}" if held else "you have no role yet"
    return f"This takes the role {needed}; {yours}. An admin can change that."


SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 128

_COMMON_PIECES = (
    "password", "passwort", "letmein", "welcome", "qwerty", "qwertz", "asdfgh", "iloveyou",
    "administrator", "changeme", "secret", "waymark", "123456", "abcdef", "abc123", "111111",
)  # fmt: skip
_LEAST_DIFFERENT = 6


def password_refusal(password: str, *, email: str, name: str) -> str | None:
    """Why a new password can't be used, as a sentence; None if it can.

    Length counts, composition does not. What is left after taking out the person's own names and
    the most common passwords has to be long and varied enough by itself.
    """
    if len(password) < SHORTEST_PASSWORD:
        return f"Use at least {SHORTEST_PASSWORD} characters, such as a few unrelated words."
    if len(password) > LONGEST_PASSWORD:
        return f"Use at most {LONGEST_PASSWORD} characters."
    if "\x00" in password:
        return "Remove the invisible NUL character."
    rest = password.casefold()
    for piece in (*_own_words(email, name), *_COMMON_PIECES):
        rest = rest.replace(piece, "")
    if len(rest) < SHORTEST_PASSWORD // 2 or len(set(rest)) < _LEAST_DIFFERENT:
        return "This is too easy to guess: it is made of your name, common words or few characters."
    return None


def _own_words(email: str, name: str) -> list[str]:
    words = re.split(r"[^\w]+", f"{email} {name}".casefold())
    return sorted((word for word in words if len(word) >= 3), key=len, reverse=True)


FREE_FAILURES_ACCOUNT = 5
FREE_FAILURES_ADDRESS = 30
LONGEST_WAIT = timedelta(minutes=15)
FORGET_FAILURES_AFTER = timedelta(hours=24)


def wait_after(failures: int, free: int) -> timedelta:
    """How long a bucket stays shut after so many failures: none while free, then doubling."""
    if failures <= free:
        return timedelta(0)
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(failures - free, 20)))


CLOCK_LEEWAY = timedelta(seconds=5)
_SENSITIVE = frozenset({Role.FINANCE, Role.ADMIN})


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
    idle = limits.idle if roles.isdisjoint(_SENSITIVE) else limits.idle_sensitive
    return now - created_at >= limits.absolute or now - seen_at >= idle


def needs_second_admin(role: Role, *, actor_id: int | None) -> bool:
    """Whether a grant waits: no admin alone gives the power over money, or makes the second admin
    who would confirm it.

    ``actor_id`` None is the command line, whose operator could change the database anyway.
    """
    return role in _SENSITIVE and actor_id is not None


def confirmation_bar(*, actor_id: int, person_id: int, granted_by_id: int | None) -> str | None:
    """Why this admin can't confirm a waiting role, as a sentence; None if they can."""
    if actor_id == person_id:
        return "This is your own role; another admin has to confirm it."
    if actor_id == granted_by_id:
        return "You gave this role, or set this person's password; another admin has to confirm it."
    return None


PASSWORD_REFUSAL = (
    "An admin knows your password, so it opens nothing until you have changed it. Do that on your"
    " account page."
)
