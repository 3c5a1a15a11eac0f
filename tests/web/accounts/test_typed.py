"""What was typed when a session ended comes back to its person and is never sent by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person, SignInSession
from app.db.session import transaction
from app.initiatives.models import Initiative
from app.journeys.models import Journey
from app.web.typed import MOST_BYTES
from tests.factories.accounts import PASSWORD, Cast
from tests.factories.initiatives import make_company, make_draft
from tests.support.client import StrictClient
from tests.support.pages import form_values, heading, text, value_of

ClientFor = Callable[[Person], StrictClient]
AGAIN = "Nothing was saved yet – check and save again."
PAGE = "/journeys/new"


@pytest.fixture
def draft(session: Session, cast: Cast) -> Initiative:
    with transaction(session):
        return make_draft(session, cast, make_company(session, cast))


@pytest.fixture
def late(app: Flask, now: datetime) -> Callable[[int], None]:
    """Let so many minutes pass."""

    def pass_by(minutes: int) -> None:
        app.config["FIXED_NOW"] = app.config["FIXED_NOW"] + timedelta(minutes=minutes)

    return pass_by


def typed_on(client: StrictClient, page: str = PAGE, **texts: str) -> dict[str, str]:
    """The fields of a page's form with some of them typed."""
    return form_values(client.get(page), "/journeys" if page == PAGE else "") | texts


def send(client: StrictClient, path: str, typed: dict[str, str], page: str = PAGE) -> Any:
    return client.post(path, data=typed, headers={"Referer": f"http://localhost{page}"})


def sign_in(client: StrictClient, person: Person, page: str = PAGE) -> Any:
    data = {"email": person.email, "password": PASSWORD, "next": page}
    return client.post("/sign-in", data=data)


def journeys(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Journey)) or 0


class TestTyped:
    def test_comes_back_to_the_same_person_and_is_saved_by_them_alone(
        self, client_for: ClientFor, cast: Cast, session: Session, late: Callable[[int], None]
    ) -> None:
        client = client_for(cast.lead)
        texts = {"name": "Moving house", "segment": "Movers", "goal": "A long text\nin lines"}
        typed = typed_on(client, key="moving", **texts)
        late(481)

        answer = send(client, "/journeys", typed)

        assert answer.status_code == 303
        page = client.get(answer.headers["Location"])
        assert heading(page) == "Sign in to Waymark"
        assert "Your session ended before this was saved" in text(page)
        assert "Moving house" not in text(page)
        assert sign_in(client, cast.lead).headers["Location"] == PAGE
        page = client.get(PAGE)
        assert AGAIN in text(page)
        assert value_of(page, "Name") == "Moving house"
        again = form_values(page, "/journeys")
        assert again["goal"].replace("\r\n", "\n").strip() == "A long text\nin lines"
        assert again["once"] == typed["once"]
        assert journeys(session) == 0
        assert send(client, "/journeys", again).status_code == 303
        session.expire_all()
        assert journeys(session) == 1
        assert AGAIN not in text(client.get(PAGE))

    def test_keeps_no_key_of_a_customer_who_is_to_be_erased(
        self, app: Flask, client_for: ClientFor, cast: Cast, late: Callable[[int], None]
    ) -> None:
        client, page = client_for(cast.admin), "/interactions/erase"
        typed = form_values(client.get(page), page) | {"customer": "customer-4711"}
        late(481)
        assert send(client, page, typed, page).status_code == 401
        folder = Path(app.instance_path) / "typed"
        kept = folder.iterdir() if folder.is_dir() else ()
        assert not any(b"4711" in one.read_bytes() for one in kept)

    def test_brings_back_rows_a_script_had_added(
        self, client_for: ClientFor, cast: Cast, draft: Initiative, late: Callable[[int], None]
    ) -> None:
        client = client_for(cast.owner)
        path = f"/initiatives/{draft.key}/milestones/new"
        rows = {f"criteria-{row}-metric": f"Metric {row}" for row in range(9)}
        typed = typed_on(client, path, name="Pilot", **rows)
        late(481)
        send(client, path, typed, path)
        sign_in(client, cast.owner, path)
        again = form_values(client.get(path), "")
        assert {name: again.get(name) for name in rows} == rows
        assert again["version"] == typed["version"]

    @pytest.mark.parametrize("who", ["viewer", "owner"])
    def test_never_reaches_another_person(
        self, client_for: ClientFor, cast: Cast, late: Callable[[int], None], who: str
    ) -> None:
        client = client_for(cast.lead)
        typed = typed_on(client, name="Only for Lena")
        late(481)
        send(client, "/journeys", typed)
        sign_in(client, getattr(cast, who))
        for page in (PAGE, "/account/typed", "/account"):
            shown = client.get(page, loose=True)
            assert "Only for Lena" not in shown.get_data(as_text=True)
            assert AGAIN not in text(shown)

    def test_never_reaches_another_browser(
        self, app: Flask, client_for: ClientFor, cast: Cast, late: Callable[[int], None]
    ) -> None:
        client = client_for(cast.lead)
        typed = typed_on(client, name="Typed here")
        late(481)
        send(client, "/journeys", typed)
        other: Any = app.test_client()
        sign_in(other, cast.lead)
        assert AGAIN not in text(other.get(PAGE))

    def test_stays_on_its_page(
        self, client_for: ClientFor, cast: Cast, late: Callable[[int], None]
    ) -> None:
        client = client_for(cast.lead)
        typed = typed_on(client, name="Typed there")
        late(481)
        send(client, "/journeys", typed)
        sign_in(client, cast.lead)
        assert AGAIN not in text(client.get("/account"))
        assert AGAIN not in text(client.get(f"{PAGE}?other=1"))

    def test_can_be_read_where_the_page_has_no_such_form(
        self, client_for: ClientFor, cast: Cast, late: Callable[[int], None]
    ) -> None:
        """A refused form stands at the address it was sent to, which may be a list for a GET."""
        client = client_for(cast.lead)
        typed = typed_on(client, name="Typed on a refused form")
        late(481)
        answer = send(client, "/journeys", typed, "/journeys")
        assert "next=/journeys&" in answer.headers["Location"]
        sign_in(client, cast.lead, "/journeys")
        page = client.get("/journeys")
        assert AGAIN in text(page)
        assert page.soup.find("a", href="/account/typed") is not None
        assert "Typed on a refused form" in text(client.get("/account/typed"))
        assert client.post("/account/typed/forget", data={"next": "/journeys"}).status_code == 303
        assert AGAIN not in text(client.get("/journeys"))

    def test_is_gone_after_an_hour_and_after_signing_out(
        self, client_for: ClientFor, cast: Cast, late: Callable[[int], None]
    ) -> None:
        for minutes, signs_out in ((60, False), (1, True)):
            client = client_for(cast.lead)
            typed = typed_on(client, name="Not for long")
            late(481)
            send(client, "/journeys", typed)
            late(minutes)
            sign_in(client, cast.lead)
            if signs_out:
                assert AGAIN in text(client.get(PAGE))
                client.post("/sign-out")
                sign_in(client, cast.lead)
            assert AGAIN not in text(client.get(PAGE))

    def test_too_large_is_not_kept_and_says_so(
        self, client_for: ClientFor, cast: Cast, late: Callable[[int], None]
    ) -> None:
        client = client_for(cast.lead)
        typed = typed_on(client, goal="x" * MOST_BYTES)
        late(481)
        answer = send(client, "/journeys", typed)
        assert "too long to be kept" in text(client.get(answer.headers["Location"]))
        sign_in(client, cast.lead)
        assert AGAIN not in text(client.get(PAGE))


class TestEndedByAnAdmin:
    @pytest.mark.parametrize("one_alone", [True, False])
    def test_comes_back_as_after_a_session_that_ended_by_time(
        self, app: Flask, client_for: ClientFor, cast: Cast, session: Session, one_alone: bool
    ) -> None:
        client: Any = StrictClient(app)
        sign_in(client, cast.lead)
        typed = typed_on(client, name="Moving house", key="moving")
        row = session.scalars(
            select(SignInSession.id).where(SignInSession.person_id == cast.lead.id)
        ).one()
        ending = f"/admin/people/{cast.lead.id}/sessions" + (f"/{row}/end" if one_alone else "/end")
        assert client_for(cast.admin).post(ending).status_code == 303

        answer = send(client, "/journeys", typed)

        assert answer.status_code == 303
        page = client.get(answer.headers["Location"])
        assert "Your session ended before this was saved" in text(page)
        assert "Moving house" not in text(page)
        sign_in(client, cast.lead)
        page = client.get(PAGE)
        assert AGAIN in text(page)
        assert value_of(page, "Name") == "Moving house"
        assert form_values(page, "/journeys")["once"] == typed["once"]
        assert journeys(session) == 0

    @pytest.mark.parametrize("change", ["password", "account"])
    def test_does_not_once_the_password_is_another_or_the_account_is_closed(
        self, app: Flask, cast: Cast, session: Session, change: str
    ) -> None:
        client: Any = StrictClient(app)
        sign_in(client, cast.lead)
        typed = typed_on(client, name="Not for long")
        with transaction(session):
            person = session.get_one(Person, cast.lead.id)
            if change == "password":
                person.password_hash = "another"
            else:
                person.is_active = False
            for row in session.scalars(select(SignInSession)):
                session.delete(row)
        assert send(client, "/journeys", typed).status_code == 401


class TestNotKept:
    def test_of_nobody_and_of_who_was_signed_out(
        self, client: StrictClient, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        assert send(client, "/journeys", {"name": "Nobody’s"}).status_code == 401
        ended = client_for(cast.lead)
        typed = typed_on(ended, name="Signed out elsewhere")
        with transaction(session):
            for row in session.scalars(select(SignInSession)):
                session.delete(row)
        assert send(ended, "/journeys", typed).status_code == 401

    def test_of_a_form_that_is_not_ours(
        self, client_for: ClientFor, cast: Cast, late: Callable[[int], None]
    ) -> None:
        client = client_for(cast.lead)
        late(481)
        answer = client.post("/journeys", data={"name": "Planted"}, csrf=False)
        assert answer.status_code == 400
        sign_in(client, cast.lead)
        assert AGAIN not in text(client.get(PAGE))

    def test_are_passwords(
        self, client_for: ClientFor, cast: Cast, late: Callable[[int], None]
    ) -> None:
        client = client_for(cast.admin)
        late(481)
        data = {"current": PASSWORD, "new": "a new long password", "again": "x"}
        assert send(client, "/account/password", data, "/account").status_code == 401
        data = {"name": "New", "password": "a first long password"}
        assert send(client, "/admin/people/new", data, "/admin/people/new").status_code == 401
