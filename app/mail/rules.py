"""Letters, the states of their delivery and how long the next try waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum


class MailState(Enum):
    """Where a letter stands; one that is being sent may have arrived already.

    One that expired is out of date; one that was dropped tells what was taken back meanwhile.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    DROPPED = "dropped"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be sent."""
        return self in (MailState.WAITING, MailState.SENDING)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to somebody.

    ``kind`` names what it is about; after ``expires_at`` its content is worth nothing any more, so
    it is not sent then.
    """

    kind: str
    subject: str
    text: str = field(repr=False)
    expires_at: datetime | None = None


WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long a letter waits after each try that failed; after the last it is given up."""

SENDING_FOR = timedelta(minutes=10)
"""After so long nobody is sending a letter any more: the worker that was is gone."""

STUCK_AFTER = timedelta(hours=1)
"""A letter that waits longer than this is worth an admin's attention."""

KEPT = timedelta(days=90)
"""How long it is remembered that a letter was written."""


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries failed; None: give it up."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None
