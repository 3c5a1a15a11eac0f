"""A letter that was given up is tried again."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import update

from app.db.session import transaction
from app.mail.models import Mail
from app.mail.rules import Letter, MailState
from app.mail.services import Outbox
from tests.support.letters import mail_into
from tests.web.access.walks.walk import Walk


def walk(world: Walk) -> None:
    mail_into(world.app, Path("/nowhere"))
    outbox = Outbox.of(world.app.config)
    assert outbox is not None
    with transaction(world.session):
        mail = outbox.write(world.session, Letter("test", "A", "B"), to="a@b.test", now=world.now)
        world.session.execute(update(Mail).values(state=MailState.FAILED))
    address = f"/admin/mail/{mail.id}/retry"
    world.act(world.cast.admin, address, "mail.retried", subject=f"mail:{mail.id}")
