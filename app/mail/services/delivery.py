"""Letters leave one by one: noted as being sent before, as sent after.

Whoever is killed in between leaves a letter of which nobody knows whether it arrived. It is sent
again under the same Message-ID (docs/adr/017).
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.db.statements import rows_changed
from app.jobs.engine import RunningJob
from app.mail.engine import MailFaultError, compose
from app.mail.models import Mail
from app.mail.rules import KEPT, MailState, wait_after
from app.mail.services.asking import is_due
from app.mail.services.outbox import Outbox

UNREADABLE = "It was sealed under a SECRET_KEY that is not known here any more."

logger = logging.getLogger("waymark.mail")


def deliver_letters(job: RunningJob, outbox: Outbox | None) -> None:
    """Send every letter that is due; none where no mail is sent any more."""
    if outbox is None:
        return
    with job.sessions() as session, transaction(session):
        _expire(session, job.now())
    while not job.should_stop():
        with job.sessions() as session, transaction(session):
            mail = _take_next(session, job.now())
        if mail is None:
            return
        fault = _send(mail, outbox)
        with job.sessions() as session, transaction(session):
            _note(session, mail, fault, job.now())


def forget_letters(session: Session, *, now: datetime) -> int:
    """Let go of letters that are out of date, and of those of long ago; gives how many of these."""
    _expire(session, now)
    return rows_changed(session, delete(Mail).where(Mail.created_at < now - KEPT))


def _expire(session: Session, now: datetime) -> None:
    """Let go of what is worth nothing any more, also of what was given up."""
    left = (MailState.WAITING, MailState.SENDING, MailState.FAILED)
    session.execute(
        update(Mail)
        .where(Mail.state.in_(left), Mail.expires_at <= now)
        .values(state=MailState.EXPIRED, body=None)
    )


def _take_next(session: Session, now: datetime) -> Mail | None:
    """Take the letter that waits the longest, as no other worker does; None: nothing is due."""
    mail_id = session.scalar(select(Mail.id).where(is_due(now)).order_by(Mail.next_try_at, Mail.id))
    if mail_id is None:
        return None
    take = (
        update(Mail)
        .where(Mail.id == mail_id, is_due(now))
        .values(state=MailState.SENDING, sending_since=now, tries=Mail.tries + 1)
    )
    if not rows_changed(session, take):
        return None
    return session.get(Mail, mail_id, populate_existing=True)


def _send(mail: Mail, outbox: Outbox) -> MailFaultError | None:
    text = outbox.box.open(mail.body or b"")
    if text is None:
        return MailFaultError(UNREADABLE, is_final=True)
    try:
        message = compose(
            outbox.sender,
            to=mail.recipient,
            subject=mail.subject,
            text=text.decode(),
            message_id=mail.message_id,
            written_at=mail.created_at,
        )
        outbox.post.send(message)
    except MailFaultError as fault:
        return fault
    except Exception:
        # One letter that can't be sent must not hold up all that stand behind it.
        logger.exception("A letter can't be sent.", extra={"mail": mail.id})
        return MailFaultError("It can't be sent; the worker's log says why.", is_final=True)
    return None


def _note(session: Session, mail: Mail, fault: MailFaultError | None, now: datetime) -> None:
    """Write down how the try ended, unless another worker has taken the letter meanwhile."""
    values: dict[str, object] = {"sending_since": None}
    wait = wait_after(mail.tries)
    if fault is None:
        values |= {"state": MailState.SENT, "sent_at": now, "body": None, "last_fault": None}
        logger.info("A letter was sent.", extra={"mail": mail.id})
    elif fault.is_final or wait is None:
        values |= {"state": MailState.FAILED, "last_fault": str(fault)}
        logger.error("A letter was given up: %s", fault, extra={"mail": mail.id})
    else:
        values |= {
            "state": MailState.WAITING, "next_try_at": now + wait, "last_fault": str(fault),
        }  # fmt: skip
        logger.warning("A letter waits: %s", fault, extra={"mail": mail.id})
    session.execute(
        update(Mail)
        .where(Mail.id == mail.id, Mail.state == MailState.SENDING, Mail.tries == mail.tries)
        .values(**values)
    )
