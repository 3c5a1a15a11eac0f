"""Which passwords will do."""

from __future__ import annotations

import re

SHORTEST_PASSWORD = 15
SHORTEST_WITH_FACTOR = 8
"""Fewest characters where a second factor is in force."""
LONGEST_PASSWORD = 128
_COMMON_PIECES = (
    "password", "passwort", "letmein", "welcome", "qwerty", "qwertz", "asdfgh", "iloveyou",
    "administrator", "changeme", "secret", "waymark", "123456", "abcdef", "abc123", "111111",
    "passw0rd", "sunshine", "princess", "football", "baseball", "trustno1", "superman", "starwars",
    "whatever", "computer", "liverpool", "michelle", "jennifer", "dragon", "monkey", "master",
    "shadow", "summer", "winter", "spring", "autumn", "sommer", "hallo", "zaq12wsx", "1q2w3e4r",
)  # fmt: skip

_LEAST_DIFFERENT = 6


def password_refusal(
    password: str, *, email: str, name: str, shortest: int = SHORTEST_PASSWORD
) -> str | None:
    """Why a new password can't be used, as a sentence; None if it can.

    Length counts, composition does not. What is left after taking out the person's own names and
    the most common passwords has to be long and varied enough by itself.
    """
    if len(password) < shortest:
        return f"Use at least {shortest} characters, such as a few unrelated words."
    if len(password) > LONGEST_PASSWORD:
        return f"Use at most {LONGEST_PASSWORD} characters."
    if "\x00" in password:
        return "Remove the invisible NUL character."
    rest = password.casefold()
    for piece in (*_own_words(email, name), *_COMMON_PIECES):
        rest = rest.replace(piece, "")
    if len(rest) < shortest // 2 or len(set(rest)) < _LEAST_DIFFERENT:
        return "This is too easy to guess: it is made of your name, common words or few characters."
    return None


def _own_words(email: str, name: str) -> list[str]:
    words = re.split(r"[^\w]+", f"{email} {name}".casefold())
    return sorted((word for word in words if len(word) >= 3), key=len, reverse=True)


PASSWORD_REFUSAL = (
    "An admin knows your password, so it opens nothing until you have changed it. Do that on your"
    " account page."
)
