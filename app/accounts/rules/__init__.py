"""Roles and what each may do, passwords, and how long sign-ins last."""

from __future__ import annotations

from app.accounts.rules.passwords import (
    LONGEST_PASSWORD,
    PASSWORD_REFUSAL,
    SHORTEST_PASSWORD,
    password_refusal,
)
from app.accounts.rules.roles import (
    FRESH_PERMISSIONS,
    PERMISSIONS,
    Role,
    confirmation_bar,
    needs_second_admin,
    role_refusal,
    together_bar,
)
from app.accounts.rules.sign_in import (
    CLOCK_LEEWAY,
    FORGET_FAILURES_AFTER,
    FREE_FAILURES_ACCOUNT,
    FREE_FAILURES_ADDRESS,
    LONGEST_WAIT,
    STEP_UP,
    TOKEN_GRACE,
    SessionLimits,
    proof_is_fresh,
    session_is_over,
    wait_after,
)

__all__ = [
    "CLOCK_LEEWAY",
    "FORGET_FAILURES_AFTER",
    "FREE_FAILURES_ACCOUNT",
    "FREE_FAILURES_ADDRESS",
    "FRESH_PERMISSIONS",
    "LONGEST_PASSWORD",
    "LONGEST_WAIT",
    "PASSWORD_REFUSAL",
    "PERMISSIONS",
    "SHORTEST_PASSWORD",
    "STEP_UP",
    "TOKEN_GRACE",
    "Role",
    "SessionLimits",
    "confirmation_bar",
    "needs_second_admin",
    "password_refusal",
    "proof_is_fresh",
    "role_refusal",
    "session_is_over",
    "together_bar",
    "wait_after",
]
