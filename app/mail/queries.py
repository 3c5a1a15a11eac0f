"""Look at letters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, defer

from app.errors import NotFoundError
from app.mail.models import Mail
from app.mail.rules import STUCK_AFTER, MailState

FAILED_LATELY = timedelta(days=7)


def get_letter(session: Session, mail_id: int) -> Mail:
    """The letter with this id; raises NotFoundError."""
    mail = session.get(Mail, mail_id)
    if mail is None:
        raise NotFoundError("There is no such letter.")
    return mail


def list_letters(session: Session, *, limit: int = 100, only_open: bool = False) -> Sequence[Mail]:
    """The latest letters, the newest first; ``only_open``: those waiting or given up."""
    query = select(Mail).order_by(Mail.id.desc()).limit(limit).options(defer(Mail.body))
    if only_open:
        query = query.where(
            Mail.state.not_in((MailState.SENT, MailState.EXPIRED, MailState.DROPPED))
        )
    return session.scalars(query).all()


def count_letters(session: Session) -> dict[MailState, int]:
    """How many letters stand in each state."""
    rows = session.execute(select(Mail.state, func.count().label("total")).group_by(Mail.state))
    counted = {row.state: row.total for row in rows}
    return {state: counted.get(state, 0) for state in MailState}


def count_stuck(session: Session, *, now: datetime) -> int:
    """How many letters wait for too long or were given up lately."""
    waits = (Mail.state.in_((MailState.WAITING, MailState.SENDING))) & (
        Mail.created_at < now - STUCK_AFTER
    )
    failed = (Mail.state == MailState.FAILED) & (Mail.created_at > now - FAILED_LATELY)
    return session.scalar(select(func.count()).select_from(Mail).where(or_(waits, failed))) or 0
