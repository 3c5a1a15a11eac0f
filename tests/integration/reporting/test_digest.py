"""Digests: quiet unless asked for, once a person and day, in step with their letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Digest, Person
from app.accounts.rules.digests import DigestRhythm
from app.accounts.services import deactivate_person
from app.audit.models import AuditEvent
from app.audit.services import record
from app.db.session import transaction
from app.initiatives.models import Initiative
from app.jobs.models import Job
from app.mail.models import Mail
from app.mail.rules import MailState
from app.mail.services import Outbox
from app.reporting.services import KIND
from app.reporting.services.digest import write_digest
from app.worker import Worker
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_proposal, make_world
from tests.support.databases import Databases
from tests.support.letters import letters_in, mail_into, text_of
from tests.support.races import at_once, roomy_engine

RunJobs = Callable[[], int]
MONDAY = datetime(2027, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    return mail_into(app, tmp_path)


def wants(session: Session, person: Person, rhythm: DigestRhythm) -> None:
    with transaction(session):
        session.get_one(Person, person.id).digest = rhythm


def look(app: Flask, run_jobs: RunJobs, at: datetime) -> None:
    """What a worker does at a moment that has come."""
    app.config["FIXED_NOW"] = at
    Worker(app).look_after()
    run_jobs()


def digests(folder: Path) -> list[EmailMessage]:
    return [one for one in letters_in(folder) if "Waymark" in str(one["Subject"])]


def waiting(session: Session, cast: Cast, now: datetime) -> None:
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        make_proposal(session, cast, now, world)


class TestWorker:
    def test_writes_to_nobody_who_did_not_ask(
        self, app: Flask, session: Session, cast: Cast, now: datetime, run_jobs: RunJobs,
        folder: Path,
    ) -> None:  # fmt: skip
        waiting(session, cast, now)
        look(app, run_jobs, MONDAY)
        assert digests(folder) == []
        assert session.scalar(select(func.count()).select_from(Digest)) == 0

    def test_says_once_a_day_what_waits_without_any_money(
        self, app: Flask, session: Session, cast: Cast, now: datetime, run_jobs: RunJobs,
        folder: Path,
    ) -> None:  # fmt: skip
        waiting(session, cast, now)
        wants(session, cast.cfo, DigestRhythm.DAILY)
        for hours in (0, 1, 5):
            look(app, run_jobs, MONDAY + timedelta(hours=hours))
        (letter,) = digests(folder)
        assert letter["To"] == cast.cfo.email
        said = text_of(letter)
        assert "a decision is awaited" in said and "/proposals/" in said
        assert "/account#digest" in said and "€" not in said and "EUR" not in said
        session.rollback()
        events = select(func.count()).where(AuditEvent.action == "person.digest_written")
        assert session.scalar(events) == 1
        look(app, run_jobs, MONDAY + timedelta(days=1))
        assert len(digests(folder)) == 2

    def test_keeps_quiet_at_the_weekend_and_weekly_on_all_but_mondays(
        self, app: Flask, session: Session, cast: Cast, now: datetime, run_jobs: RunJobs,
        folder: Path,
    ) -> None:  # fmt: skip
        waiting(session, cast, now)
        wants(session, cast.cfo, DigestRhythm.WEEKLY)
        wants(session, cast.cfo2, DigestRhythm.DAILY)
        look(app, run_jobs, MONDAY - timedelta(days=1))
        assert digests(folder) == []
        look(app, run_jobs, MONDAY + timedelta(days=1))
        assert [one["To"] for one in digests(folder)] == [cast.cfo2.email]
        look(app, run_jobs, MONDAY + timedelta(days=7))
        assert len(digests(folder)) == 3

    def test_writes_no_letter_where_nothing_is_to_say(
        self, app: Flask, session: Session, cast: Cast, run_jobs: RunJobs, folder: Path
    ) -> None:
        wants(session, cast.viewer, DigestRhythm.DAILY)
        look(app, run_jobs, MONDAY)
        assert digests(folder) == []
        session.rollback()
        assert session.scalars(select(Digest.person_id)).all() == [cast.viewer.id]
        look(app, run_jobs, MONDAY + timedelta(hours=1))
        session.rollback()
        assert session.scalar(select(func.count()).where(Job.kind == KIND)) == 1

    def test_tells_an_owner_what_others_changed_since(
        self, app: Flask, session: Session, cast: Cast, now: datetime, run_jobs: RunJobs,
        folder: Path,
    ) -> None:  # fmt: skip
        with transaction(session):
            world = make_world(session, cast, now)
        with transaction(session):
            make_commitments(session, cast, now, world)
        mine = session.scalars(
            select(Initiative).where(Initiative.owner_id == cast.owner.id).order_by(Initiative.key)
        ).first()
        assert mine is not None
        for actor, action in ((cast.cfo, "initiative.renamed"), (cast.owner, "initiative.edited")):
            with transaction(session):
                record(
                    session, actor=actor, action=action, subject=f"initiative:{mine.id}",
                    now=MONDAY - timedelta(hours=2),
                )  # fmt: skip
        wants(session, cast.owner, DigestRhythm.DAILY)
        look(app, run_jobs, MONDAY)
        said = text_of(digests(folder)[0])
        assert f"{mine.key} {mine.title}" in " ".join(said.split())
        assert f"renamed by {cast.cfo.name}" in " ".join(said.split()) and "edited by" not in said


class TestWriteDigest:
    def test_is_done_once_by_two_workers_at_the_same_moment(
        self,
        app: Flask,
        database: Databases,
        session: Session,
        cast: Cast,
        now: datetime,
        folder: Path,
    ) -> None:
        assert folder.exists()
        waiting(session, cast, now)
        wants(session, cast.cfo, DigestRhythm.DAILY)
        outbox = Outbox.of(app.config)
        assert outbox is not None

        def act(own: Session) -> bool:
            return write_digest(own, cast.cfo.id, outbox=outbox, now=MONDAY)

        engine = roomy_engine(database.url, 4)
        made = at_once(engine, [act] * 4)
        engine.dispose()
        assert sorted(made) == [False, False, False, True]
        session.rollback()
        assert session.scalar(select(func.count()).where(Mail.kind == "digest")) == 1

    def test_leaves_nothing_where_it_was_cut_off(
        self, app: Flask, session: Session, cast: Cast, now: datetime, folder: Path
    ) -> None:
        assert folder.exists()
        waiting(session, cast, now)
        wants(session, cast.cfo, DigestRhythm.DAILY)
        outbox = Outbox.of(app.config)
        assert outbox is not None
        with pytest.raises(ZeroDivisionError), transaction(session):
            assert write_digest(session, cast.cfo.id, outbox=outbox, now=MONDAY)
            1 / 0
        assert session.scalar(select(func.count()).select_from(Digest)) == 0
        assert session.scalar(select(func.count()).where(Mail.kind == "digest")) == 0
        with transaction(session):
            assert write_digest(session, cast.cfo.id, outbox=outbox, now=MONDAY)

    def test_is_dropped_with_the_account_of_whom_it_was_for(
        self, app: Flask, session: Session, cast: Cast, now: datetime, folder: Path
    ) -> None:
        assert folder.exists()
        waiting(session, cast, now)
        wants(session, cast.cfo, DigestRhythm.DAILY)
        outbox = Outbox.of(app.config)
        assert outbox is not None
        with transaction(session):
            assert write_digest(session, cast.cfo.id, outbox=outbox, now=MONDAY)
        with transaction(session):
            person = session.get_one(Person, cast.cfo.id)
            deactivate_person(session, person, actor=cast.admin, now=MONDAY)
        letter = session.scalars(select(Mail).where(Mail.kind == "digest")).one()
        assert letter.state is MailState.DROPPED and letter.body is None
