"""Commands about people."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.accounts.queries import count_active_admins, find_person_by_email, list_people
from app.accounts.rules import Role
from app.accounts.services import PersonDraft, create_person, reset_second_factor
from app.cli.errors import said_plainly
from app.db.session import transaction
from app.extensions import db
from app.web.clock import now

people = AppGroup("people", help="People who can sign in.")


@people.command("create-admin")
@click.argument("email")
@click.option("--name", required=True, help="The person's full name.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@click.option("--force", is_flag=True, help="Add another admin although there is one.")
@said_plainly
def create_admin(email: str, name: str, password: str, force: bool) -> None:
    """Add an admin, in force at once: the first one, and with --force the second, who confirms
    what the first gives."""
    with transaction(db.session):
        if count_active_admins(db.session) and not force:
            raise click.ClickException(
                "There is an admin already, who can add people on the people page. "
                "Use --force to add another one here, who confirms what the first gives."
            )
        draft = PersonDraft(email, name, password, frozenset({Role.ADMIN}))
        person = create_person(db.session, draft, actor=None, now=now())
    click.echo(f"{person.name} can sign in as {person.email}.")


@people.command("reset-second-factor")
@click.argument("email")
@said_plainly
def reset_factor(email: str) -> None:
    """Take a lost second factor away; the person's sessions end and they set up another one."""
    with transaction(db.session):
        person = find_person_by_email(db.session, email)
        if person is None:
            raise click.ClickException("Nobody signs in with this address.")
        reset_second_factor(db.session, person, actor=None, now=now())
    click.echo(f"{person.name} signs in with the password alone until a new one is set up.")


@people.command("list")
@said_plainly
def list_everybody() -> None:
    """Show everybody with their roles."""
    for person in list_people(db.session):
        roles = ", ".join(sorted(role.word for role in person.held_roles)) or "no role"
        state = "" if person.is_active else " (deactivated)"
        click.echo(f"{person.email}\t{person.name}\t{roles}{state}")
