"""Personal data in texts that should be codes: e-mail addresses, phone numbers, names; pure."""

from __future__ import annotations

import re

MASK = "…"
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.UNICODE)
_DAY = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
_PHONE = re.compile(
    rf"(?<![\w.,-])(?!{_DAY})(?:\+|\(?0)(?:[ ()/.-]?\d|[ ()/.-]{{2}}\d){{6,14}}(?![\w-])"
)
_US_PHONE = re.compile(r"(?<![\w.-])(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])")
_TITLES = r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Mme)\.?"
_NAME = re.compile(
    rf"\b{_TITLES} (?:[A-ZÀ-Þ]\. )?[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?"
    r"|(?<=[Mm]y name is )[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?"
    r"|(?<=[Mm]ein Name ist )[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?"
)
_KINDS = (
    ("an e-mail address", _EMAIL),
    ("a phone number", _PHONE),
    ("a phone number", _US_PHONE),
    ("a name", _NAME),
)


def personal_kind(text: str) -> str | None:
    """What personal data a text seems to hold, in words; None: nothing that can be told."""
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), None)


def masked(text: str) -> str:
    """The text with every piece of personal data replaced by …"""
    for _, pattern in _KINDS:
        text = pattern.sub(MASK, text)
    return text
