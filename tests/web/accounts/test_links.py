"""People choose a password by a link that came by mail, once, and nobody else gets in by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.accounts.models import AccountLink, Person, ResetRequest, SignInSession
from app.accounts.services import answer_resets
from app.audit.models import AuditEvent
from app.db.session import transaction
from app.mail.models import Mail
from app.mail.rules import MailState
from app.mail.services import Outbox
from app.worker import Worker
from tests.factories.accounts import PASSWORD, Cast
from tests.support.client import StrictClient
from tests.support.digests import database_digest
from tests.support.factors import box_of, code_at, give_factor, sign_in_by_code
from tests.support.letters import SITE, letters_in, mail_into, text_of, token_in
from tests.support.pages import error_on, heading, table, text

GOOD = "marble otter canyon lamp"
NEW = {"name": "Ivy Invited", "email": "ivy@waymark.test", "roles": ["viewer", "finance"]}
ClientFor = Callable[[Person], StrictClient]


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    return mail_into(app, tmp_path / "mail")


@pytest.fixture
def deliver(app: Flask, run_jobs: Callable[[], int], folder: Path) -> Callable[[], list[Any]]:
    """Let the worker look after letters; gives all that were sent so far."""

    def send() -> list[Any]:
        Worker(app).look_after()
        run_jobs()
        return letters_in(folder)

    return send


class TestInvitation:
    def test_lets_the_invited_in_with_a_password_of_their_own_once(
        self,
        session: Session,
        cast: Cast,
        client_for: ClientFor,
        client: StrictClient,
        deliver: Callable[[], list[Any]],
    ) -> None:
        admin = client_for(cast.admin)
        invited = admin.post("/admin/people/invite", data=NEW)
        where = invited.headers["Location"]
        assert "waits for a second admin" in text(admin.get(where))
        (letter,) = deliver()
        token = token_in(letter)
        assert letter["To"] == NEW["email"] and "Adam Admin invites you" in letter["Subject"]
        assert f"{SITE}/sign-in/link?token=" in text_of(letter)
        link = f"/sign-in/link?token={token}"
        assert heading(client.get(link)) == "Welcome to Waymark"
        typed = {"token": token, "password": "short"}
        refused = client.post("/sign-in/link", data=typed)
        assert "at least 15" in (error_on(refused, "New password") or "")
        welcome = client.post("/sign-in/link", data=typed | {"password": GOOD})
        assert welcome.status_code == 303
        assert client.get("/").status_code == 200
        roles = table(admin.get(where), "Roles")
        assert roles.row("Viewer")["State"] == "in force"
        assert "waits" in roles.row("Finance")["State"]
        assert client.post("/sign-in/link", data=typed | {"password": GOOD}).status_code == 404
        assert client.get(link).status_code == 404
        kept = session.scalars(select(AccountLink)).one()
        assert token not in repr(vars(kept))
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)).all()
        assert actions == ["person.invited", "person.invitation_accepted"]

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_opens_nothing_once_it_is_withdrawn_replaced_old_or_its_person_barred(
        self,
        app: Flask,
        session: Session,
        cast: Cast,
        now: datetime,
        client_for: ClientFor,
        client: StrictClient,
        deliver: Callable[[], list[Any]],
    ) -> None:
        admin = client_for(cast.admin)
        where = admin.post("/admin/people/invite", data=NEW).headers["Location"]

        def opens() -> bool:
            token = token_in(deliver()[-1])
            return client.get(f"/sign-in/link?token={token}").status_code == 200

        assert opens()
        first = token_in(deliver()[-1])
        assert admin.post(f"{where}/invitation/send").status_code == 303
        assert opens()
        assert client.get(f"/sign-in/link?token={first}").status_code == 404
        admin.post(f"{where}/invitation/revoke")
        assert not opens()
        admin.post(f"{where}/invitation/send")
        assert opens()
        app.config["FIXED_NOW"] = now + timedelta(days=7)
        assert not opens()
        app.config["FIXED_NOW"] = now
        admin.post(f"{where}/deactivate")
        admin.post(f"{where}/reactivate")
        assert not opens()

    def test_sends_no_letter_whose_link_was_taken_back_and_says_why(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        client_for: ClientFor,
        client: StrictClient,
        deliver: Callable[[], list[Any]],
    ) -> None:
        admin = client_for(cast.admin)
        where = admin.post("/admin/people/invite", data=NEW).headers["Location"]
        admin.post(f"{where}/invitation/send")
        admin.post(f"{where}/invitation/revoke")
        admin.post(f"{where}/invitation/send")
        admin.post(f"{where}/deactivate")
        for _ in range(2):
            client.post("/sign-in/forgotten", data={"email": cast.lead.email})
            outbox = Outbox.of(client.application.config)
            assert outbox is not None
            with transaction(session):
                assert answer_resets(session, outbox=outbox, now=now) == 1
        assert [one["To"] for one in deliver()] == [cast.lead.email]
        page = admin.get("/admin/mail")
        rows = table(page, "Latest letters").rows
        assert [(row["State"], row["Why not"]) for row in reversed(rows)] == [
            ("dropped", "Another link was sent."),
            ("dropped", "The invitation was withdrawn."),
            ("dropped", "The account was deactivated."),
            ("dropped", "Another link was asked for."),
            ("sent", "–"),
        ]
        assert "Nothing waits" in text(page)
        assert all(one.body is None for one in session.scalars(select(Mail)))

    def test_says_where_a_letter_may_have_left_before_its_link_was_taken_back(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        client_for: ClientFor,
        deliver: Callable[[], list[Any]],
    ) -> None:
        admin = client_for(cast.admin)
        where = admin.post("/admin/people/invite", data=NEW).headers["Location"]
        with transaction(session):
            session.execute(update(Mail).values(state=MailState.SENDING, sending_since=now))
        admin.post(f"{where}/invitation/revoke")
        assert deliver() == []
        (row,) = table(admin.get("/admin/mail"), "Latest letters").rows
        assert row["Why not"].endswith("It was being sent and may have arrived.")

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_is_no_way_where_no_mail_is_sent(
        self, engine: Engine, cast: Cast, client_for: ClientFor, client: StrictClient
    ) -> None:
        admin = client_for(cast.admin)
        assert "No mail is sent here" in text(admin.get("/admin/people/invite"))
        before = database_digest(engine)
        assert admin.post("/admin/people/invite", data=NEW).status_code == 409
        asked = client.post("/sign-in/forgotten", data={"email": cast.lead.email})
        assert "Ask an admin" in text(asked)
        assert database_digest(engine) == before


class TestForgotten:
    def test_answers_alike_whoever_has_the_address(
        self,
        session: Session,
        cast: Cast,
        app: Flask,
        deliver: Callable[[], list[Any]],
    ) -> None:
        told = []
        for email in (cast.lead.email, "nobody@waymark.test", " LENA@waymark.test", "\x00"):
            client = app.test_client()
            answer: Any = client.post("/sign-in/forgotten", data={"email": email})
            told.append((answer.status_code, answer.headers.get("Location"), len(answer.queries)))
        assert len(set(told[:3])) == 1
        assert told[3][0] == 422
        assert [one["To"] for one in deliver()] == [cast.lead.email]
        assert session.scalars(select(ResetRequest)).all() == []

    def test_leads_to_a_new_password_that_ends_all_sessions_and_skips_no_second_factor(
        self,
        app: Flask,
        session: Session,
        cast: Cast,
        now: datetime,
        client_for: ClientFor,
        deliver: Callable[[], list[Any]],
    ) -> None:
        give_factor(session, cast.cfo, box_of(app), now)
        signed_in, client = client_for(cast.cfo), app.test_client()
        client.post("/sign-in/forgotten", data={"email": cast.cfo.email})
        token = token_in(deliver()[-1])
        typed = {"token": token, "password": GOOD}
        assert client.post("/sign-in/link", data=typed).headers["Location"] == "/sign-in"
        assert signed_in.get("/").status_code == 303
        assert session.scalars(select(SignInSession)).all() == []
        old = client.post("/sign-in", data={"email": cast.cfo.email, "password": PASSWORD})
        assert old.status_code == 422
        code = code_at(now)
        assert sign_in_by_code(client, cast.cfo.email, GOOD, code).status_code == 303
        assert client.get("/").status_code == 200
        notice = deliver()[-1]
        assert notice["Subject"] == "Your password for Waymark was changed"
        assert token not in text_of(notice)
        assert client.post("/sign-in/link", data=typed).status_code == 404

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_gives_links_that_last_half_an_hour_and_voids_the_one_before(
        self,
        app: Flask,
        cast: Cast,
        now: datetime,
        client: StrictClient,
        deliver: Callable[[], list[Any]],
    ) -> None:
        tokens = []
        for _ in range(2):
            client.post("/sign-in/forgotten", data={"email": cast.lead.email})
            tokens.append(token_in(deliver()[-1]))
        pages = [f"/sign-in/link?token={token}" for token in tokens]
        assert [client.get(page).status_code for page in pages] == [404, 200]
        app.config["FIXED_NOW"] = now + timedelta(minutes=30)
        assert client.get(pages[1]).status_code == 404

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_is_slowed_down_without_shutting_anybody_out(
        self, app: Flask, cast: Cast, client: StrictClient, folder: Path
    ) -> None:
        asked = [
            client.post("/sign-in/forgotten", data={"email": cast.lead.email}) for _ in range(5)
        ]
        assert [one.status_code for one in asked] == [303, 303, 303, 303, 429]
        assert int(asked[-1].headers["Retry-After"]) > 0
        typed = {"email": cast.lead.email, "password": PASSWORD}
        assert app.test_client().post("/sign-in", data=typed).status_code == 303
