"""Commands that fill an empty Waymark."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.accounts.rules import Role
from app.cli.errors import said_plainly
from app.extensions import db
from app.interactions.services import LogStore
from app.web.clock import now
from seeds.demo import seed_demo
from seeds.story.company import COMPANY, PEOPLE

seed = AppGroup("seed", help="Data to start with.")


@seed.command("demo")
@said_plainly
def demo() -> None:
    """Add the demo company, its people included; what is there already stays as it is."""
    if not current_app.config["DEMO"]:
        raise click.ClickException(
            "The demo company has known passwords, so it is only for a demo. Set DEMO=1 if this is"
            " one."
        )
    store = LogStore.of(current_app.config)
    seed_demo(db.session, store, password=current_app.config["DEMO_PASSWORD"], now=now())
    click.echo(f"{COMPANY} is there.")


@seed.command("people")
def people() -> None:
    """Show the sign-ins of the demo people."""
    password = current_app.config["DEMO_PASSWORD"]
    for persona in PEOPLE:
        words = ", ".join(Role(role).word for role in persona.roles)
        click.echo(f"  {persona.email:26}{password}  {persona.name}, {words}")
