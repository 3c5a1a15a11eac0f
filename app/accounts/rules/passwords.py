"""Which passwords will do."""

from __future__ import annotations

import re

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


PASSWORD_REFUSAL = (
    "An admin knows your password, so it opens nothing until you have changed it. Do that on your"
    " account page."
)
