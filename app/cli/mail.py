"""Commands about letters."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.errors import said_plainly
from app.db.session import transaction
from app.errors import ConflictError
from app.extensions import db
from app.mail.queries import get_letter, list_letters
from app.mail.rules import Letter
from app.mail.services import Outbox, retry_letter
from app.web.clock import now

mail = AppGroup("mail", help="Letters that Waymark sends.")


@mail.command("list")
@click.option("--all", "is_all", is_flag=True, help="Show those that were sent, too.")
@said_plainly
def list_them(is_all: bool) -> None:
    """Show letters that wait or were given up, the newest first; never what they say."""
    for one in list_letters(db.session, only_open=not is_all):
        fault = f"\t{one.last_fault}" if one.last_fault else ""
        click.echo(
            f"{one.id}\t{one.state.value}\t{one.tries}\t{one.created_at:%Y-%m-%d %H:%M}\t"
            f"{one.recipient}\t{one.subject}{fault}"
        )


@mail.command("retry")
@click.argument("mail_id", metavar="ID", type=int)
@said_plainly
def retry(mail_id: int) -> None:
    """Let a letter be tried again at once."""
    with transaction(db.session):
        retry_letter(db.session, get_letter(db.session, mail_id), actor=None, now=now())
    click.echo("It is tried again now, by the worker.")


@mail.command("test")
@click.argument("address")
@said_plainly
def send_test(address: str) -> None:
    """Write a letter to ADDRESS, to see that the settings are right."""
    outbox = Outbox.of(current_app.config)
    if outbox is None:
        raise ConflictError("No mail is sent here: set MAIL_HOST, MAIL_FROM and PUBLIC_URL first.")
    letter = Letter("test", "Waymark can write to you", f"This came from {outbox.site}.\n")
    with transaction(db.session):
        written = outbox.write(db.session, letter, to=address, now=now())
    click.echo(f"Letter {written.id} is written; “mail list --all” tells what became of it.")
