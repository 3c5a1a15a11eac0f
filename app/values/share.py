"""Shares of a whole, exact decimals from 0 to 1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from app.values.money import rounded_parts

_FORM = re.compile(r"([+-]?\d{1,9}(?:\.\d{1,9})?)\s*%?", re.ASCII)


class ShareFormatError(ValueError):
    """The text is not a percentage."""


def parse_percent(text: str) -> Decimal:
    """Read a percentage as people type it, ``12.5 %`` or ``12.5``, as the share 0.125."""
    match = _FORM.fullmatch(text.strip().replace("\u2212", "-"))
    if not match:
        raise ShareFormatError("Enter a percentage such as 12.5 %.")
    return Decimal(match[1]) / 100


def whole_percents(shares: Sequence[Decimal]) -> list[Decimal]:
    """Shares in whole hundredths that add up to their rounded sum, as parts of a whole are shown.

    What rounding leaves goes to the largest remainders, the earlier first.
    """
    hundredths = [100 * share for share in shares]
    total = int(sum(hundredths, Decimal(0)).to_integral_value())
    return [Decimal(part) / 100 for part in rounded_parts(hundredths, total)]
