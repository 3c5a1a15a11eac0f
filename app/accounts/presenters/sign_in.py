"""What is said about sign-ins: browsers, and why a password was not looked at."""

from __future__ import annotations

from collections.abc import Iterable

from app.accounts.rules import LONGEST_WAIT

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_words(name: str) -> str:
    """A browser's own name in two words, Chrome on Linux; what nobody knows stays as it is."""
    browser = next((word for sign, word in _BROWSERS if sign in name), None)
    if browser is None and "Safari/" in name:
        browser = "Safari"
    system = next((word for sign, word in _SYSTEMS if sign in name), None)
    if browser is None:
        return name
    return f"{browser} on {system}" if system else browser


def too_many_words(seconds: int) -> str:
    """Why a password was not even looked at, how long that lasts and what makes it longer."""
    return (
        "Too many wrong passwords, so this one was not looked at, right or wrong."
        f" Wait {_wait_words(seconds)}, then try again; each further wrong one doubles the wait,"
        f" up to {LONGEST_WAIT.seconds // 60} min."
    )


def too_many_returns_words(seconds: int) -> str:
    """Why the provider was not asked about who came back, and how long that lasts."""
    return (
        "Too many sign-ins from this address failed at the provider, so this one was not looked"
        f" at. Wait {_wait_words(seconds)}, then sign in again."
    )


def _wait_words(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return " ".join([f"{minutes} min"] * bool(minutes) + [f"{rest} s"] * bool(rest))


_NOT_TEXT = frozenset({"once", "version", "digest", "csrf_token", "seen", "page"})
_OWN_WORDS = frozenset({"reason", "note", "comment"})
"""Fields in which people say something, beside what a form does."""


def sent_rows(fields: Iterable[tuple[str, str]], *, is_said: bool = False) -> list[tuple[str, str]]:
    """The texts of a form that people read, by name in words; not the keys that machines do.

    ``is_said``: what the form does is said in a sentence, so that only their own words are left.
    """
    return [
        (name.replace("_", " ").replace("-", " ").capitalize(), text)
        for name, text in fields
        if text and (name in _OWN_WORDS if is_said else name not in _NOT_TEXT)
    ]
