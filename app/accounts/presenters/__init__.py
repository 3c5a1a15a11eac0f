"""What the people pages and the sign-in say."""

from __future__ import annotations

from app.accounts.presenters.people import (
    SECOND_ADMIN,
    RoleMoves,
    added_words,
    invited_words,
    role_moves,
    role_words,
)
from app.accounts.presenters.second_factor import SetupView, setup_view
from app.accounts.presenters.sign_in import (
    browser_words,
    sent_rows,
    too_many_returns_words,
    too_many_words,
)

__all__ = [
    "SECOND_ADMIN",
    "RoleMoves",
    "SetupView",
    "added_words",
    "browser_words",
    "invited_words",
    "role_moves",
    "role_words",
    "sent_rows",
    "setup_view",
    "too_many_returns_words",
    "too_many_words",
]
