"""Letters written into the transaction of what they tell, and tried again on request."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from app.audit.services import AuditActor, record
from app.db.secret_box import SecretBox
from app.db.statements import rows_changed
from app.errors import ConflictError
from app.mail.engine import Post, Sender, new_message_id, post_of
from app.mail.models import Mail
from app.mail.rules import Letter, MailState
from app.mail.services.asking import enqueue_delivery

SEALED_FOR = "waymark letters"


@dataclass(frozen=True, slots=True)
class Outbox:
    """Takes letters here, and what sends them; ``site`` is what their links begin with."""

    site: str
    box: SecretBox
    post: Post
    sender: Sender

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Outbox | None:
        """The outbox of an installation that sends mail, else None."""
        post = post_of(config)
        if post is None:
            return None
        keys = (config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"])
        return cls(config["PUBLIC_URL"], SecretBox(keys, SEALED_FOR), post, Sender.of(config))

    def write(self, session: Session, letter: Letter, *, to: str, now: datetime) -> Mail:
        """Write a letter into the caller's transaction; the caller records what it tells."""
        mail = Mail(
            recipient=to,
            kind=letter.kind,
            subject=letter.subject,
            body=self.box.seal(letter.text.encode()),
            message_id=new_message_id(self.site),
            state=MailState.WAITING,
            tries=0,
            created_at=now,
            next_try_at=now,
            expires_at=letter.expires_at,
        )
        session.add(mail)
        session.flush()
        enqueue_delivery(session, now=now)
        return mail


def drop_letters(session: Session, kinds: Collection[str], *, to: str, why: str) -> None:
    """Let letters that were not sent yet stay unsent, since what they tell was taken back.

    ``why`` is a sentence for the list of letters; the caller records it. One that is being sent at
    this moment may arrive all the same, which is said, too.
    """
    words = case(
        (Mail.state == MailState.SENDING, f"{why} It was being sent and may have arrived."),
        else_=why,
    )
    session.execute(
        update(Mail)
        .where(
            Mail.recipient == to,
            Mail.kind.in_(kinds),
            Mail.state.in_((MailState.WAITING, MailState.SENDING, MailState.FAILED)),
        )
        .values(state=MailState.DROPPED, body=None, last_fault=words)
    )


def retry_letter(session: Session, mail: Mail, *, actor: AuditActor | None, now: datetime) -> None:
    """Let a letter that was given up, or that waits, be tried at once, from the first try on."""
    again = (
        update(Mail)
        .where(
            Mail.id == mail.id,
            Mail.state.in_((MailState.WAITING, MailState.FAILED)),
            Mail.body.is_not(None),
        )
        .values(state=MailState.WAITING, tries=0, next_try_at=now)
    )
    if not rows_changed(session, again):
        raise ConflictError(
            "This letter was sent meanwhile, or its content is worth nothing any more. Do what it"
            " was about again, such as sending the invitation anew."
        )
    enqueue_delivery(session, now=now)
    record(
        session,
        actor=actor,
        action="mail.retried",
        subject=mail.audit_key,
        before={"state": mail.state.value, "tries": mail.tries},
        after={"state": MailState.WAITING.value, "tries": 0},
        now=now,
    )
