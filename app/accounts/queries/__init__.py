"""Find people and their sessions."""

from __future__ import annotations

from app.accounts.queries.feeds import find_feed, find_feed_person
from app.accounts.queries.identities import find_identified
from app.accounts.queries.links import (
    find_invitation,
    find_link,
    has_reset_requests,
    is_open_link,
)
from app.accounts.queries.people import (
    LONGEST_EMAIL,
    count_active_admins,
    find_person_by_email,
    get_person,
    list_people,
    list_people_with_role,
    list_permitted,
)
from app.accounts.queries.second_factor import (
    count_recovery_codes,
    find_factor,
    has_second_factor,
    is_known_device,
)
from app.accounts.queries.sign_in import FoundSignIn, find_sign_in, has_token, list_sign_ins
from app.accounts.queries.tokens import find_token, is_live_token, list_tokens

__all__ = [
    "LONGEST_EMAIL",
    "FoundSignIn",
    "count_active_admins",
    "count_recovery_codes",
    "find_factor",
    "find_feed",
    "find_feed_person",
    "find_identified",
    "find_invitation",
    "find_link",
    "find_person_by_email",
    "find_sign_in",
    "find_token",
    "get_person",
    "has_reset_requests",
    "has_second_factor",
    "has_token",
    "is_known_device",
    "is_live_token",
    "is_open_link",
    "list_people",
    "list_people_with_role",
    "list_permitted",
    "list_sign_ins",
    "list_tokens",
]
