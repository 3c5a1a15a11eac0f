"""Roles, what each may do, and who gives the sensitive ones."""

from __future__ import annotations

from collections.abc import Iterable
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
COSTS = "costs.see"
"""Money is shown; an admin can withdraw it from one person, whatever their roles."""

PERMISSIONS: dict[str, frozenset[Role]] = {
    "home.view": _EVERYBODY,
    COSTS: _EVERYBODY,
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
    "amendments.ask": _MANAGER | _LEAD,
    "hurdles.decide": _FINANCE,
    "limits.view": _FINANCE | _ADMIN,
    "limits.set": _ADMIN,
    "spend.book": _FINANCE,
    "meetings.run": _MANAGER,
    "comments.write": _EVERYBODY,
    "comments.moderate": _ADMIN,
    "views.moderate": _ADMIN,
    "roadmap.replan": _MANAGER,
    "reviews.view": _EVERYBODY,
    "reviews.assess": _LEAD | _MANAGER,
    "audit.view": _FINANCE | _ADMIN,
    "people.manage": _ADMIN,
    "jobs.view": _ADMIN,
    "mail.manage": _ADMIN,
    "demo.manage": _ADMIN,
}
"""Permission → roles that hold it. A permission that is not here does not exist."""


FRESH_PERMISSIONS = frozenset(
    {"proposals.decide", "hurdles.decide", "limits.set", "people.manage", "demo.manage"}
)
"""Permissions whose every use takes a fresh proof of who somebody is: approving, releasing,
stopping, whatever changes people, their roles or their limits, and the demo with its removal."""

WORKING_ROLES = frozenset(Role) - {Role.VIEWER}
"""Roles that do more than look; who holds none of them owns nothing."""

SENSITIVE_ROLES = frozenset({Role.FINANCE, Role.ADMIN})


def role_refusal(permission: str, roles: frozenset[Role]) -> str:
    """Why these roles don't give a permission, naming those that do."""
    needed = " or ".join(role.word for role in Role if role in PERMISSIONS[permission])
    held = " and ".join(role.word for role in Role if role in roles)
    yours = f"your role is {held}" if held else "you have no role yet"
    return f"This takes the role {needed}; {yours}. An admin can change that."


def costs_can_be_hidden(roles: frozenset[Role]) -> bool:
    """Whether money can be kept from people with these roles: only from who does nothing but look.

    All others work with money, if only by typing what something costs.
    """
    return roles <= {Role.VIEWER}


def together_bar(roles: Iterable[Role]) -> str | None:
    """Why nobody can hold these roles together, as a sentence; None if they can.

    Whoever manages people could make themselves the other hand of any decision about money.
    """
    if frozenset(roles) >= SENSITIVE_ROLES:
        return "Finance and Admin are never held by one person; withdraw the other role first."
    return None


def needs_second_admin(role: Role, *, actor_id: int | None) -> bool:
    """Whether a grant waits: no admin alone gives the power over money, or makes the second admin
    who would confirm it.

    ``actor_id`` None is the command line, whose operator could change the database anyway.
    """
    return role in SENSITIVE_ROLES and actor_id is not None


def confirmation_bar(*, actor_id: int, person_id: int, granted_by_id: int | None) -> str | None:
    """Why this admin can't confirm a waiting role, as a sentence; None if they can."""
    if actor_id == person_id:
        return "This is your own role; another admin has to confirm it."
    if actor_id == granted_by_id:
        return "You gave this role, or set this person's password; another admin has to confirm it."
    return None
