"""Commands about hurdles: what the figures say of one."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from app.cli.errors import said_plainly
from app.extensions import db
from app.roadmap.presenters.printed import gate_document, gate_lines
from app.roadmap.queries import get_gate
from app.web.clock import today

gates = AppGroup("gates", help="Hurdles: their figures and what these recommend.")


@gates.command("show")
@click.argument("hurdle", type=click.IntRange(1, 2_147_483_647))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, minor units.")
@said_plainly
def show_command(hurdle: int, as_json: bool) -> None:
    """Tell of HURDLE, the number in its address, what its page shows.

    Criteria and evidence, what the money still brings, and what the figures recommend and why.
    Exit code 0: told · 3: no such hurdle.
    """
    gate = get_gate(db.session, hurdle, today=today())
    if as_json:
        click.echo(json.dumps(gate_document(gate), ensure_ascii=False, indent=1))
        return
    click.echo("\n".join(gate_lines(gate)))
