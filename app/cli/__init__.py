"""Commands: ``flask --app wsgi …``."""

from __future__ import annotations

from flask import Flask

from app.cli.accounts import people
from app.cli.answers import ANSWERS
from app.cli.approvals import approvals
from app.cli.audit import audit
from app.cli.backup import backup, restore
from app.cli.baselines import baselines
from app.cli.doctor import doctor
from app.cli.findings import findings
from app.cli.gates import gates
from app.cli.interactions import interactions
from app.cli.ledger import ledger
from app.cli.mail import mail
from app.cli.maturity import maturity
from app.cli.operations import migrate, worker
from app.cli.portfolio import portfolio_cli
from app.cli.registry import registry
from app.cli.seeds import seed

for _answer in ANSWERS:
    portfolio_cli.add_command(_answer)

COMMANDS = (
    people, audit, doctor, migrate, backup, restore, worker, portfolio_cli, registry, interactions,
    baselines, findings, gates, maturity, ledger, mail, approvals, seed,
)  # fmt: skip


def register(app: Flask) -> None:
    """Add every command to the application."""
    for command in COMMANDS:
        app.cli.add_command(command)
