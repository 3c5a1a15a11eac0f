"""What customers need, with sound evidence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.journeys.models import CustomerNeed, Journey
from app.journeys.rules import Channel, NeedDraft, NeedKind, StatementDraft
from app.journeys.services import add_need

RECORDED_AT = datetime(2027, 2, 1, 9, tzinfo=UTC)
EVIDENCE: dict[str, Any] = {
    "source": "Survey after contact",
    "observed_on": date(2027, 1, 12),
    "sample_size": 412,
}


def statement(text: str, **changes: Any) -> StatementDraft:
    """Return a statement with sound evidence."""
    return StatementDraft(text=text, **EVIDENCE | changes)


def need_draft(**changes: Any) -> NeedDraft:
    values: dict[str, Any] = {
        "segment": "Private motor customers",
        "channels": (Channel.APP, Channel.CONTACT_CENTRE),
        "statements": {
            NeedKind.OVERT: statement("Tell me when my claim is paid."),
            NeedKind.LATENT: statement("Not to feel accused.", source="Twelve interviews"),
            NeedKind.CHANNELS: statement(""),
        },
    }
    return NeedDraft(**values | changes)


def make_need(session: Session, journey: Journey, actor: Person, **changes: Any) -> CustomerNeed:
    return add_need(session, journey, need_draft(**changes), actor=actor, now=RECORDED_AT)
