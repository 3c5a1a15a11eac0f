"""What stands in somebody's digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.accounts.rules.digests import DIGEST_LETTER
from app.mail.rules import Letter


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One thing to say, and the page it is on; there is no money in it."""

    words: str
    path: str


MOST_LINES = 12
"""Lines of a part that a letter names; the rest are counted."""


def digest_letter(
    *, name: str, site: str, waits: Sequence[DigestLine], changed: Sequence[DigestLine],
    expires_at: datetime,
) -> Letter | None:  # fmt: skip
    """What waits for somebody and what was changed; None where there is nothing to say."""
    if not waits and not changed:
        return None
    subject = (
        f"{len(waits)} {'thing waits' if len(waits) == 1 else 'things wait'} for you in Waymark"
        if waits
        else "What others changed on what you own in Waymark"
    )
    parts = [f"Hello {name},"]
    for title, lines in (("What waits for you", waits), ("Changed on what you own", changed)):
        if lines:
            parts.append(f"{title}\n\n{_listed(lines, site)}")
    parts.append(
        f"-- \nWaymark writes this by itself, because you asked for it. Change how often, or stop"
        f" it:\n{site}/account#digest\n"
    )
    return Letter(DIGEST_LETTER, subject, "\n\n".join(parts), expires_at)


def _listed(lines: Sequence[DigestLine], site: str) -> str:
    shown = [f"- {' '.join(one.words.split())}\n  {site}{one.path}" for one in lines[:MOST_LINES]]
    more = len(lines) - len(shown)
    return "\n".join([*shown, f"- and {more} more"] if more > 0 else shown)
