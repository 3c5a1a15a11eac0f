"""The only reading of the clock; services get ``now`` and ``today`` as arguments."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import current_app


def now() -> datetime:
    """This moment in UTC, or the fixed moment a test has set as FIXED_NOW."""
    fixed: datetime | None = current_app.config.get("FIXED_NOW")
    return fixed if fixed is not None else datetime.now(UTC)


def today() -> date:
    """The day of `now`, in UTC."""
    return now().date()
