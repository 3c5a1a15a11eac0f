"""One byte form per value, so that equal content has an equal digest."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any

from app.values.money import Money
from app.values.quarter import Quarter

DIGEST = r"^[0-9a-f]{64}\Z"
"""What `digest` gives, as a pattern."""


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        text = format(value, "f")
        return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Quarter):
        return str(value)
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no canonical form.")


def canonical_json(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no blanks; NaN and infinities are refused."""
    return json.dumps(
        value, default=_plain, sort_keys=True, ensure_ascii=False, allow_nan=False,
        separators=(",", ":"),
    ).encode()  # fmt: skip


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return sha256(content).hexdigest()
