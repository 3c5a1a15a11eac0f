"""What stands in somebody's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole day in a calendar; there is no money in it.

    ``uid`` stays that of the same thing for good, and ``sequence`` grows whenever it changes; it
    was ``stamped_at`` the last time it was moved. ``endpoint`` and ``place`` are its page.
    """

    uid: str
    on: date
    title: str
    note: str
    sequence: int
    stamped_at: datetime
    endpoint: str
    place: tuple[str, int | str]
