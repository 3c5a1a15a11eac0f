"""Is this installation fit to be relied on? One line per finding, exit code 1 if one is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from app.accounts.queries import count_active_admins, has_second_factor, list_people
from app.accounts.rules import SENSITIVE_ROLES, together_bar
from app.approvals.queries import count_unlimited
from app.audit.queries import find_last_moment
from app.cli.errors import said_plainly
from app.cli.fitness import people_findings, settings_findings
from app.db.fitness import LARGEST_SKEW, Finding, storage_findings, surroundings_findings
from app.extensions import db
from app.interactions.queries import list_erasures, list_live_sources
from app.interactions.services import LogStore
from app.jobs.queries import list_workers
from app.mail.engine import post_of
from app.mail.queries import count_stuck
from app.web.clock import now


@click.command("doctor")
@with_appcontext
@said_plainly
def doctor() -> None:
    """Look at settings, database, clocks, people, workers and logs; say what is wrong."""
    findings = [*settings_findings(current_app._get_current_object()), *_proxy()]  # type: ignore[attr-defined]
    schema, *storage = storage_findings(db.session)
    findings += [schema, *storage, *surroundings_findings(db.session, datetime.now(UTC))]
    if schema.is_fine:
        findings += [*_people(db.session), *_workers(db.session), *_trail(db.session)]
        findings += [*_mail(db.session)]
        findings += [*_logs(db.session), *_erasures(db.session)]
    for is_fine, subject, remedy in findings:
        click.echo(f"ok     {subject}" if is_fine else f"WRONG  {subject}: {remedy}")
    sys.exit(0 if all(one.is_fine for one in findings) else 1)


def _proxy() -> Iterator[Finding]:
    count = current_app.config["PROXY_COUNT"]
    is_fine = count > 0 or current_app.config["ENVIRONMENT"] != "production"
    remedy = "set PROXY_COUNT=1 behind nginx, or sign-ins are throttled by nginx’s own address"
    yield Finding(is_fine, f"{count} proxies in front", remedy)


def _people(session: Session) -> Iterator[Finding]:
    yield from people_findings(session)
    admins = count_active_admins(session)
    remedy = "add one with “flask --app wsgi people create-admin”"
    yield Finding(admins > 0, f"{admins} admins", remedy)
    both = [person.email for person in list_people(session) if together_bar(person.held_roles)]
    subject = f"{' and '.join(both)} in Finance and Admin" if both else "Finance and Admin apart"
    yield Finding(not both, subject, "withdraw one of the two roles on the people page")
    yield Finding(True, f"{count_unlimited(session)} in Finance who approve any sum alone", "")
    if current_app.config["REQUIRE_SECOND_FACTOR"]:
        sensitive = [one for one in list_people(session) if one.held_roles & SENSITIVE_ROLES]
        bare = [one.email for one in sensitive if not has_second_factor(session, one)]
        subject = f"{', '.join(bare)} without a second factor" if bare else "second factors"
        remedy = "they set one up on their account page and open nothing till then"
        yield Finding(not bare, subject, remedy)


def _workers(session: Session) -> Iterator[Finding]:
    silence = timedelta(seconds=current_app.config["JOB_LOST_SECONDS"])
    alive = [w for w in list_workers(session) if now() - w.seen_at <= silence]
    remedy = "start one with “flask --app wsgi worker”"
    yield Finding(bool(alive), f"{len(alive)} workers", remedy)


def _mail(session: Session) -> Iterator[Finding]:
    if post_of(current_app.config) is None:
        yield Finding(True, "no mail is sent, as MAIL_HOST is not set", "")
        return
    stuck = count_stuck(session, now=now())
    subject = f"{stuck} letters stuck or given up" if stuck else "no letter stuck"
    remedy = "“flask --app wsgi mail list” says why; mend it, then “mail retry ID”"
    yield Finding(not stuck, subject, remedy)


def _trail(session: Session) -> Iterator[Finding]:
    last = find_last_moment(session)
    is_past = last is None or last <= now() + LARGEST_SKEW
    subject = "last event in the past" if is_past else f"last event at {last:%Y-%m-%d %H:%M} UTC"
    yield Finding(is_past, subject, "the clock was put back; set it right before anybody decides")


def _logs(session: Session) -> Iterator[Finding]:
    sources = [one for one in list_live_sources(session) if not one.address]
    if not sources:
        return
    store = LogStore.of(current_app.config)
    remedy = f"bring back {store.folder} from a backup, or correct INTERACTIONS_FOLDER"
    has_key = (store.folder / "customer_key").is_file()
    yield Finding(has_key, "key of customers" if has_key else "no key of customers", remedy)
    gone = [one.name for one in sources if not store.log_folder(one.id, one.digest).is_dir()]
    yield Finding(not gone, f"{len(sources) - len(gone)} of {len(sources)} logs there", remedy)


def _erasures(session: Session) -> Iterator[Finding]:
    left = len(list_erasures(session))
    subject = f"{left} erasures that were begun and not ended" if left else "no erasure left open"
    remedy = "run “flask --app wsgi interactions erase --finish --as ADDRESS”"
    yield Finding(not left, subject, remedy)
