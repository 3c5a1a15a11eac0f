"""Ask the worker to deliver letters."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.services import enqueue
from app.mail.models import Mail
from app.mail.rules import SENDING_FOR, MailState

KIND = "deliver_letters"


def enqueue_delivery(session: Session, *, now: datetime) -> None:
    """Ask for the delivery of all letters that are due, once however many there are."""
    queued = select(Job.id).where(Job.kind == KIND, Job.state == JobState.QUEUED).limit(1)
    if session.scalar(queued) is None:
        enqueue(session, kind=KIND, payload={}, actor=None, now=now)


def wake_delivery(session: Session, *, also: bool = False, now: datetime) -> None:
    """Ask for delivery when the wait of a letter is over; ``also``: for another reason, too."""
    if also or session.scalar(select(Mail.id).where(is_due(now)).limit(1)) is not None:
        with transaction(session):
            enqueue_delivery(session, now=now)


def is_due(now: datetime) -> ColumnElement[bool]:
    """Whether a letter is to be sent now; also when whoever was sending it is gone."""
    return or_(
        and_(Mail.state == MailState.WAITING, Mail.next_try_at <= now),
        and_(Mail.state == MailState.SENDING, Mail.sending_since < now - SENDING_FOR),
    )
