"""Gate meetings with an agenda of tranches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.meetings.rules import MeetingDraft
from app.meetings.services import call_meeting


def make_meeting(
    session: Session,
    tranches: Sequence[Tranche],
    *,
    actor: Person,
    now: datetime,
    title: str = "February gates",
    held_on: date | None = None,
) -> int:
    """Call a meeting for today, or for a day; its id."""
    draft = MeetingDraft(title, held_on or now.date(), [one.id for one in tranches])
    return call_meeting(session, draft, once_key=uuid4().hex, actor=actor, now=now)
