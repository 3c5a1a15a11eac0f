"""Is this installation fit to be relied on? One line per finding, exit code 1 if one is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.queries import count_active_admins, has_second_factor, list_people
from app.accounts.rules import SENSITIVE_ROLES, together_bar
from app.cli.errors import said_plainly
from app.db.schema import needed_revision, present_revision
from app.extensions import db
from app.interactions.queries import list_erasures
from app.jobs.queries import list_workers
from app.web.clock import now

SAFE_SQLITE = (3, 51, 3)
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p"})

Finding = tuple[bool, str, str]
"""Whether it is fine, what was looked at, and what to do when it is not."""


@click.command("doctor")
@with_appcontext
@said_plainly
def doctor() -> None:
    """Look at settings, schema, database, people, workers, erasures; say what is wrong."""
    findings = [*_settings(), *_schema(db.session)]
    if all(is_fine for is_fine, _, _ in findings):
        findings += [*_database(db.session), *_people(db.session), *_workers(db.session)]
        findings += _erasures(db.session)
    for is_fine, subject, remedy in findings:
        click.echo(f"ok     {subject}" if is_fine else f"WRONG  {subject}: {remedy}")
    sys.exit(0 if all(is_fine for is_fine, _, _ in findings) else 1)


def _settings() -> Iterator[Finding]:
    config = current_app.config
    is_production = config["ENVIRONMENT"] == "production"
    yield is_production or config["TESTING"], "production settings", "set ENVIRONMENT=production"
    yield not current_app.debug, "debugging off", "unset FLASK_DEBUG, anybody could run code"
    yield (
        config["SESSION_COOKIE_SECURE"] or not is_production,
        "cookies over https only",
        "unset SECURE_COOKIES",
    )
    yield not config["DEMO"], "no demo people", "unset DEMO, their password is public"


def _schema(session: Session) -> Iterator[Finding]:
    present, needed = present_revision(session), needed_revision()
    remedy = f"{needed} is needed, run “flask --app wsgi migrate”"
    yield present == needed, f"schema {present or 'missing'}", remedy


def _database(session: Session) -> Iterator[Finding]:
    bind = session.get_bind()
    version = bind.dialect.server_version_info or ()
    name = f"{bind.dialect.name} {'.'.join(str(part) for part in version)}"
    if bind.dialect.name != "sqlite":
        yield True, name, ""
        is_safe = session.scalar(text("SHOW fsync")) == "on"
        yield is_safe, "fsync on", "switch it on, a power cut would lose decisions"
        return
    yield version >= SAFE_SQLITE, name, "it can corrupt its log, install the pinned pysqlite3"
    for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
        found = session.scalar(text(f"PRAGMA {pragma}"))
        yield found == wanted, f"{pragma} {found}", f"it must be {wanted}"
    kind = _file_system(Path(bind.engine.url.database or "/").resolve())
    yield kind not in NETWORK_FILE_SYSTEMS, f"database on {kind}", "move it to a local disk"


def _file_system(path: Path) -> str:
    """The kind of file system a path lies on, by its longest mount point."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return "an unknown file system"
    lines = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    around = [(point, kind) for _, point, kind, *_ in lines if path.is_relative_to(point)]
    return max(around, key=lambda mount: len(mount[0]), default=("", "an unknown file system"))[1]


def _people(session: Session) -> Iterator[Finding]:
    admins = count_active_admins(session)
    yield admins > 0, f"{admins} admins", "add one with “flask --app wsgi people create-admin”"
    both = [person.email for person in list_people(session) if together_bar(person.held_roles)]
    subject = f"{' and '.join(both)} in Finance and Admin" if both else "Finance and Admin apart"
    yield not both, subject, "withdraw one of the two roles on the people page"
    if current_app.config["REQUIRE_SECOND_FACTOR"]:
        sensitive = [one for one in list_people(session) if one.held_roles & SENSITIVE_ROLES]
        bare = [one.email for one in sensitive if not has_second_factor(session, one)]
        subject = f"{', '.join(bare)} without a second factor" if bare else "second factors"
        yield not bare, subject, "they set one up on their account page and open nothing till then"


def _workers(session: Session) -> Iterator[Finding]:
    silence = timedelta(seconds=current_app.config["JOB_LOST_SECONDS"])
    alive = [w for w in list_workers(session) if now() - w.seen_at <= silence]
    yield bool(alive), f"{len(alive)} workers", "start one with “flask --app wsgi worker”"


def _erasures(session: Session) -> Iterator[Finding]:
    left = len(list_erasures(session))
    subject = f"{left} erasures that were begun and not ended" if left else "no erasure left open"
    yield not left, subject, "run “flask --app wsgi interactions erase --finish --as ADDRESS”"
