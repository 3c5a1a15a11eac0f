"""What a personal token is for, and how long it may last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from app.accounts.rules.roles import FRESH_PERMISSIONS, PERMISSIONS

TOKEN_BEGINS = "wm_"
"""So that tools that look for secrets in code and logs know one when they see it."""

LONGEST_TOKEN_NAME = 80
MOST_TOKENS = 20
LONGEST_TOKEN_LIFE = timedelta(days=365)

SCOPES: dict[str, frozenset[str]] = {
    "read": frozenset(
        {name for name in PERMISSIONS if name.endswith(".view")} - {"audit.view", "limits.view"}
    )
    - {"jobs.view"}
    | {"costs.see"},
    "evidence": frozenset({"evidence.record", "roadmap.view"}),
    "actuals": frozenset({"spend.book", "proposals.view", "costs.see"}),
}
"""Scope → permissions it lets through, where the person has them. None decides about money or
rights: that takes a fresh proof, which no program can give."""

SCOPE_WORDS = {
    "read": "Read initiatives, gates and plans",
    "evidence": "Record evidence",
    "actuals": "Book what was spent",
}


def scoped_permissions(scopes: Iterable[str]) -> frozenset[str]:
    """The permissions that scopes let through; an unknown scope lets nothing through."""
    found = frozenset[str]().union(*(SCOPES.get(scope, frozenset()) for scope in scopes))
    return found - FRESH_PERMISSIONS


def scope_refusal(permission: str) -> str:
    """Why a token's scopes don't give a permission, naming those that do."""
    needed = " or ".join(f"“{name}”" for name, given in SCOPES.items() if permission in given)
    if not needed:
        return "No token gives this; a person does it on the page."
    return f"This takes a token with the scope {needed}."
