"""Shares of a whole, exact decimals from 0 to 1."""

from __future__ import annotations

import re
from decimal import Decimal

_FORM = re.compile(r"([+-]?\d{1,9}(?:\.\d{1,9})?)\s*%?", re.ASCII)


class ShareFormatError(ValueError):
    """The text is not a percentage."""


def parse_percent(text: str) -> Decimal:
    """Read a percentage as people type it, ``12.5 %`` or ``12.5``, as the share 0.125."""
    match = _FORM.fullmatch(text.strip().replace("\u2212", "-"))
    if not match:
        raise ShareFormatError("Enter a percentage such as 12.5 %.")
    return Decimal(match[1]) / 100
