"""A letter is written with what it tells, sent once, and leaves nothing secret behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.mail.models import Mail
from app.mail.rules import SENDING_FOR, Letter, MailState
from app.mail.services import Outbox, forget_letters
from app.worker import Worker
from tests.support.letters import letters_in, mail_into, mail_server, text_of

SECRET = "https://waymark.test/link?token=only-once"
LETTER = Letter("test", "Grüße aus Waymark", f"Open this: {SECRET}\n")
RunJobs = Callable[[], int]


def _post(app: Flask, session: Session, now: datetime, **changed: Any) -> Mail:
    outbox = Outbox.of(app.config)
    assert outbox is not None
    letter = Letter(LETTER.kind, LETTER.subject, LETTER.text, **changed)
    with transaction(session):
        return outbox.write(session, letter, to="lena@waymark.test", now=now)


def _again(session: Session) -> Mail:
    session.rollback()
    return session.scalars(select(Mail).execution_options(populate_existing=True)).one()


class TestIntoAFolder:
    def test_writes_the_letter_once_and_forgets_what_it_said(
        self, app: Flask, session: Session, now: datetime, run_jobs: RunJobs, tmp_path: Path
    ) -> None:
        folder = mail_into(app, tmp_path)
        written = _post(app, session, now)
        assert SECRET.encode() not in (written.body or b"")
        run_jobs()
        (letter,) = letters_in(folder)
        assert (letter["To"], letter["Subject"]) == ("lena@waymark.test", "Grüße aus Waymark")
        assert SECRET in text_of(letter)
        assert next(folder.glob("*.eml")).stat().st_mode & 0o077 == 0
        sent = _again(session)
        assert (sent.state, sent.body, sent.tries) == (MailState.SENT, None, 1)
        assert run_jobs() == 0

    def test_writes_nothing_when_what_it_tells_did_not_happen(
        self, app: Flask, session: Session, now: datetime, run_jobs: RunJobs, tmp_path: Path
    ) -> None:
        folder = mail_into(app, tmp_path)
        outbox = Outbox.of(app.config)
        assert outbox is not None
        with pytest.raises(ZeroDivisionError), transaction(session):
            outbox.write(session, LETTER, to="lena@waymark.test", now=now)
            1 / 0
        assert run_jobs() == 0
        assert letters_in(folder) == []

    def test_sends_again_what_a_killed_worker_was_sending_as_the_same_letter(
        self, app: Flask, session: Session, now: datetime, run_jobs: RunJobs, tmp_path: Path
    ) -> None:
        folder = mail_into(app, tmp_path)
        _post(app, session, now)
        sending = {"state": MailState.SENDING, "sending_since": now, "tries": 1}
        with transaction(session):
            session.execute(update(Mail).values(**sending))
        assert run_jobs() == 1
        assert letters_in(folder) == []  # somebody may be sending it still
        app.config["FIXED_NOW"] = now + SENDING_FOR + timedelta(seconds=1)
        Worker(app).look_after()
        assert run_jobs() == 1
        assert letters_in(folder)[0]["Message-ID"] == _again(session).message_id
        assert _again(session).state is MailState.SENT

    def test_does_not_send_what_is_out_of_date(
        self, app: Flask, session: Session, now: datetime, run_jobs: RunJobs, tmp_path: Path
    ) -> None:
        folder = mail_into(app, tmp_path)
        _post(app, session, now, expires_at=now)
        run_jobs()
        assert letters_in(folder) == []
        assert (_again(session).state, _again(session).body) == (MailState.EXPIRED, None)

    def test_keeps_no_text_out_of_date_where_nothing_is_sent_any_more(
        self, app: Flask, session: Session, now: datetime, tmp_path: Path
    ) -> None:
        mail_into(app, tmp_path)
        _post(app, session, now, expires_at=now + timedelta(hours=1))
        with transaction(session):
            session.execute(update(Mail).values(state=MailState.FAILED))
            forget_letters(session, now=now)
        assert _again(session).body is not None
        with transaction(session):
            forget_letters(session, now=now + timedelta(hours=1))
        assert (_again(session).state, _again(session).body) == (MailState.EXPIRED, None)


class TestOverSmtp:
    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_waits_longer_after_each_refusal_and_gives_up_on_a_wrong_address(
        self, app: Flask, session: Session, now: datetime, run_jobs: RunJobs, tmp_path: Path
    ) -> None:
        with mail_server(tmp_path) as (controller, taker, certificate):
            mail_into(app, tmp_path)
            app.config.update(
                MAIL_FOLDER="", MAIL_HOST="127.0.0.1", MAIL_PORT=controller.port,
                MAIL_NAME="waymark", MAIL_PASSWORD="sesame open",
                MAIL_AUTHORITIES=str(certificate),
            )  # fmt: skip
            taker.answers = ["450 busy", "451 later"]
            _post(app, session, now)
            at, waited = now, []
            for _ in range(2):
                run_jobs()
                kept = _again(session)
                assert kept.state is MailState.WAITING
                waited.append(kept.next_try_at - at)
                app.config["FIXED_NOW"] = at = kept.next_try_at
                Worker(app).look_after()
            assert waited == [timedelta(minutes=1), timedelta(minutes=5)]
            taker.parting = "451 no time to say goodbye"
            run_jobs()
            assert _again(session).state is MailState.SENT  # it was taken all the same
            assert (taker.to, taker.were_sealed) == (["lena@waymark.test"], [True])
            assert SECRET in text_of(taker.taken[0])
            with transaction(session):
                session.delete(_again(session))
            taker.answers = ["550 nobody here"]
            _post(app, session, at)
            run_jobs()
            given_up = _again(session)
            assert given_up.state is MailState.FAILED
            assert given_up.last_fault == "The mail server refused the address (550)."

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_hands_nothing_to_a_server_nobody_vouches_for(
        self, app: Flask, session: Session, now: datetime, run_jobs: RunJobs, tmp_path: Path
    ) -> None:
        with mail_server(tmp_path) as (controller, taker, _):
            mail_into(app, tmp_path)
            app.config.update(MAIL_FOLDER="", MAIL_HOST="127.0.0.1", MAIL_PORT=controller.port)
            _post(app, session, now)
            run_jobs()
            assert taker.taken == []
            assert "TLS can't be trusted" in str(_again(session).last_fault)
