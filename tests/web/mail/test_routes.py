"""Admins see which letters wait, why, and let them be tried again; never what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.mail.models import Mail
from app.mail.rules import Letter, MailState
from app.mail.services import Outbox
from tests.factories.accounts import Cast
from tests.support.client import StrictClient
from tests.support.letters import letters_in, mail_into
from tests.support.pages import table, text


class TestLetters:
    def test_shows_what_was_given_up_and_tries_it_again(
        self,
        app: Flask,
        session: Session,
        cast: Cast,
        client_for: Callable[[Person], StrictClient],
        now: datetime,
        run_jobs: Callable[[], int],
        tmp_path: Path,
    ) -> None:
        admin = client_for(cast.admin)
        assert "No mail is sent here" in text(admin.get("/admin/mail"))
        folder = mail_into(app, tmp_path)
        outbox = Outbox.of(app.config)
        assert outbox is not None
        with transaction(session):
            letter = Letter("test", "A word", "between us")
            written = outbox.write(session, letter, to="lena@waymark.test", now=now)
            values = {"state": MailState.FAILED, "last_fault": "No such host.", "tries": 8}
            session.execute(update(Mail).values(**values))
        page = admin.get("/admin/mail")
        row = table(page, "Waiting or given up").row("lena@waymark.test")
        assert (row["State"], row["Last fault"]) == ("failed", "No such host.")
        assert "between us" not in text(page)
        assert len(page.queries) <= 12
        doctor = app.test_cli_runner().invoke(args=["doctor"]).output
        assert "1 letters stuck or given up" in doctor
        listed = app.test_cli_runner().invoke(args=["mail", "list"]).output
        assert "No such host." in listed and "between us" not in listed
        assert admin.post(f"/admin/mail/{written.id}/retry").status_code == 303
        run_jobs()
        assert len(letters_in(folder)) == 1
        app.config["FIXED_NOW"] = now + timedelta(minutes=1)
        assert admin.post(f"/admin/mail/{written.id}/retry").status_code == 409
        assert (
            "sent"
            in table(admin.get("/admin/mail"), "Latest letters").row(written.recipient)["State"]
        )
