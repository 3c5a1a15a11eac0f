"""Letters as the mail page shows them: whom, what and when, never what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.mail.models import Mail
from app.mail.rules import MailState

TONES = {
    MailState.WAITING: "notdue",
    MailState.SENDING: "accent",
    MailState.SENT: "ok",
    MailState.FAILED: "bad",
    MailState.EXPIRED: "waived",
    MailState.DROPPED: "waived",
}
"""State → colour and glyph; the word always stands beside them."""


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter as a row."""

    id: int
    recipient: str
    subject: str
    tone: str
    word: str
    tries: int
    created_at: datetime
    next_try_at: datetime | None
    sent_at: datetime | None
    fault: str | None
    can_be_retried: bool


def letter_rows(letters: Sequence[Mail]) -> list[LetterRow]:
    """The letters as rows, in their order."""
    return [
        LetterRow(
            id=mail.id,
            recipient=mail.recipient,
            subject=mail.subject,
            tone=TONES[mail.state],
            word=mail.state.value,
            tries=mail.tries,
            created_at=mail.created_at,
            next_try_at=mail.next_try_at if mail.state is MailState.WAITING else None,
            sent_at=mail.sent_at,
            fault=mail.last_fault,
            can_be_retried=mail.state in (MailState.WAITING, MailState.FAILED),
        )
        for mail in letters
    ]


def count_facts(counts: Mapping[MailState, int]) -> list[tuple[str, str]]:
    """How many letters stand in each state, in words."""
    return [(state.value.capitalize(), f"{counts[state]:,}") for state in MailState]
