"""Roles and what each may do."""

from __future__ import annotations

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
    "account.edit": _EVERYBODY,
    "calendar.view": _EVERYBODY,
    "journeys.view": _EVERYBODY,
    "initiatives.view": _EVERYBODY,
    "scenarios.view": _EVERYBODY,
    "proposals.view": _EVERYBODY,
    "roadmap.view": _EVERYBODY,
    "calendar.edit": _FINANCE,
    "journeys.edit": _LEAD,
    "pools.certify": _FINANCE,
    "initiatives.edit": _LEAD | _MANAGER,
    "initiatives.certify": _FINANCE,
    "registry.import": _LEAD | _MANAGER,
    "scenarios.edit": _LEAD | _FINANCE,
    "runs.start": _LEAD | _FINANCE,
    "proposals.submit": _LEAD,
    "proposals.decide": _FINANCE,
    "evidence.record": _MANAGER | _LEAD,
    "hurdles.decide": _FINANCE,
    "roadmap.replan": _MANAGER,
    "audit.view": _FINANCE | _ADMIN,
    "people.manage": _ADMIN,
    "jobs.view": _ADMIN,
}
"""Permission → roles that hold it. A permission that is not here does not exist."""
