"""What changes accounts: people and roles, passwords, sign-in and its sessions."""

from app.accounts.services.people import (
    PersonDraft,
    change_password,
    confirm_role,
    create_person,
    deactivate_person,
    grant_role,
    reactivate_person,
    reset_password,
    set_theme,
    withdraw_role,
)
from app.accounts.services.sign_in import (
    SignInDevice,
    begin_attempt,
    close_session,
    close_sessions,
    end_other_sessions,
    open_session,
    password_matches,
    sign_in_person,
    token_hash,
    touch_session,
)

__all__ = [
    "PersonDraft",
    "SignInDevice",
    "begin_attempt",
    "change_password",
    "close_session",
    "close_sessions",
    "confirm_role",
    "create_person",
    "deactivate_person",
    "end_other_sessions",
    "grant_role",
    "open_session",
    "password_matches",
    "reactivate_person",
    "reset_password",
    "set_theme",
    "sign_in_person",
    "token_hash",
    "touch_session",
    "withdraw_role",
]
