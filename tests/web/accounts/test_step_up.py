"""Money and rights take a fresh proof of who somebody is, and the form goes along with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person, RoleGrant, SignInSession
from app.accounts.rules import Role
from app.approvals.models import Decision
from app.audit.models import AuditEvent
from app.db.session import transaction
from tests.factories.accounts import PASSWORD, Cast
from tests.factories.approvals import make_commitments, make_proposal, make_world
from tests.factories.roadmap import tranches_of
from tests.support.client import StrictClient
from tests.support.pages import error_on, form_values, heading, notice, text
from tests.support.sign_in import sign_in

REASON = "Too much at once,\nsee the second page & “notes”"
ASKS = "Confirm that it is you"


@pytest.fixture
def address(session: Session, cast: Cast, now: datetime) -> str:
    """A proposal that waits for a decision."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return f"/proposals/{make_proposal(session, cast, now, world).id}"


@pytest.fixture
def signed_in(app: Flask, session: Session, now: datetime) -> Callable[..., StrictClient]:
    """A browser in which somebody proved who they are so long ago."""

    def browser(person: Person, ago: timedelta) -> StrictClient:
        client: Any = app.test_client()
        sign_in(client, session, person, now=now, confirmed_at=now - ago)
        return client  # type: ignore[no-any-return]

    return browser


STALE = timedelta(minutes=10, seconds=1)


def returning(client: StrictClient, address: str) -> dict[str, Any]:
    """What the page of a proposal sends when it is returned with a reason."""
    form = form_values(client.get(address), f"{address}/decision")
    return form | {"decision": "return", "reason": REASON}


def send(client: StrictClient, address: str, form: dict[str, Any]) -> Any:
    headers = {"Referer": f"http://localhost{address}"}
    return client.post(f"{address}/decision", data=form, headers=headers)


def reasons(session: Session) -> list[str]:
    session.rollback()
    return [one.replace("\r\n", "\n") for one in session.scalars(select(Decision.reason))]


def token(client: StrictClient) -> str:
    with client.session_transaction() as cookie:
        return str(cookie["sign_in"])


class TestAskForProof:
    @pytest.mark.parametrize(
        ("ago", "asks"),
        [(timedelta(minutes=10), False), (STALE, True), (timedelta(minutes=-1), True)],
    )
    def test_asks_after_ten_minutes_to_the_second(
        self,
        cast: Cast,
        session: Session,
        signed_in: Callable[..., StrictClient],
        address: str,
        ago: timedelta,
        asks: bool,
    ) -> None:
        client = signed_in(cast.cfo, ago)
        answer = send(client, address, returning(client, address))
        assert answer.status_code == (403 if asks else 303)
        assert len(reasons(session)) == (0 if asks else 1)

    def test_says_in_words_what_is_decided(
        self,
        cast: Cast,
        session: Session,
        signed_in: Callable[..., StrictClient],
        address: str,
    ) -> None:
        client = signed_in(cast.cfo, STALE)
        form = returning(client, address)
        page = send(client, address, form)
        assert "Return the plan of" in text(page) and "Too much at once" in text(page)
        more = {"decision": "approve", "conditions-0-text": "Vendor signed"}
        words = text(send(client, address, form | more))
        assert "Approve €680,000.00 for the plan of" in words
        assert "every item; on condition “Vendor signed”." in words
        assert "conditions-0" not in words and "Conditions 0" not in words

    def test_says_in_words_what_a_hurdle_releases(
        self,
        cast: Cast,
        session: Session,
        now: datetime,
        signed_in: Callable[..., StrictClient],
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
        session.expire_all()
        with transaction(session):
            made = make_commitments(session, cast, now, world)
        tranche = tranches_of(session, made["CX-101"].id)[0]
        client, gate = signed_in(cast.cfo, STALE), f"/gates/{tranche.id}"
        form = form_values(client.get(gate), f"{gate}/decision")
        words = text(client.post(f"{gate}/decision", data=form | {"action": "release"}))
        held = f"€{tranche.amount_minor / 100:,.2f}"
        assert f"Release {held} for the hurdle “Hurdle 1” of CX-101" in words
        assert "seen" not in words.lower() and form["seen"] not in words

    def test_carries_everything_typed_and_acts_once(
        self,
        cast: Cast,
        session: Session,
        signed_in: Callable[..., StrictClient],
        address: str,
    ) -> None:
        client = signed_in(cast.cfo, STALE)
        typed = returning(client, address)

        asked = send(client, address, typed)

        assert (asked.status_code, heading(asked)) == (403, ASKS)
        assert notice(asked) is None and error_on(asked, "Password") is None
        assert reasons(session) == []
        again = form_values(asked, f"{address}/decision")
        kept = {name: again[name].replace("\r\n", "\n") for name in typed if name != "csrf_token"}
        assert kept == {name: typed[name] for name in kept}
        before = token(client)
        answer = send(client, address, again | {"confirm_password": PASSWORD})
        assert answer.status_code == 303
        assert reasons(session) == [REASON]
        assert token(client) != before
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).all()
        assert [one.action for one in events[:2]] == ["proposal.returned", "person.confirmed"]
        page = client.get(address)
        assert PASSWORD not in page.get_data(as_text=True)

    def test_carries_nothing_out_for_a_wrong_password_and_slows_guessing(
        self,
        cast: Cast,
        session: Session,
        signed_in: Callable[..., StrictClient],
        address: str,
    ) -> None:
        client = signed_in(cast.cfo, STALE)
        form = returning(client, address)
        statuses = []
        for _ in range(7):
            page = send(client, address, form | {"confirm_password": "wrong guess"})
            statuses.append(page.status_code)
            assert form_values(page, f"{address}/decision")["reason"].split() == REASON.split()
            assert "wrong guess" not in page.get_data(as_text=True)
            if page.status_code == 403:
                assert error_on(page, "Password") == "This is not your password."
        assert statuses == [403] * 6 + [429]
        late = send(client, address, form | {"confirm_password": PASSWORD})
        assert late.status_code == 429
        assert "was not looked at" in text(late)
        assert reasons(session) == []

    def test_asks_nobody_who_may_not_anyway(
        self, cast: Cast, signed_in: Callable[..., StrictClient], address: str
    ) -> None:
        client = signed_in(cast.viewer, STALE)
        refused = client.post(f"{address}/decision", data={"confirm_password": PASSWORD})
        assert (refused.status_code, heading(refused)) == (403, "You may not do this")
        answer = signed_in(cast.cfo, STALE).post(f"{address}/decision", csrf=False)
        assert answer.status_code == 400

    def test_gives_the_copied_cookie_nothing(
        self,
        app: Flask,
        cast: Cast,
        session: Session,
        signed_in: Callable[..., StrictClient],
        address: str,
        now: datetime,
    ) -> None:
        client = signed_in(cast.cfo, STALE)
        stolen: Any = app.test_client()
        with stolen.session_transaction() as cookie:
            cookie["sign_in"] = token(client)
        send(client, address, returning(client, address) | {"confirm_password": PASSWORD})
        assert reasons(session) == [REASON]
        app.config["FIXED_NOW"] = now + timedelta(seconds=9)
        people = "/cycles/1/budgets"
        assert heading(stolen.post(people)) == ASKS
        app.config["FIXED_NOW"] = now + timedelta(seconds=11)
        assert stolen.get("/account").status_code == 303
        assert client.get("/account").status_code == 200

    def test_answers_a_form_sent_twice_with_the_first_answer(
        self,
        app: Flask,
        cast: Cast,
        session: Session,
        signed_in: Callable[..., StrictClient],
        address: str,
    ) -> None:
        client = signed_in(cast.cfo, STALE)
        form = returning(client, address) | {"confirm_password": PASSWORD}
        twin: Any = app.test_client()
        with client.session_transaction() as cookie, twin.session_transaction() as other:
            other.update(cookie)
        answers = [send(client, address, form), send(twin, address, form)]
        assert [one.status_code for one in answers] == [303, 303]
        assert reasons(session) == [REASON]
        assert token(twin) != token(client)
        assert session.scalar(select(func.count()).select_from(SignInSession)) == 1

    def test_keeps_the_form_when_the_session_ends_over_it(
        self,
        app: Flask,
        cast: Cast,
        session: Session,
        signed_in: Callable[..., StrictClient],
        address: str,
        now: datetime,
    ) -> None:
        client = signed_in(cast.cfo, STALE)
        again = form_values(
            send(client, address, returning(client, address)), f"{address}/decision"
        )
        app.config["FIXED_NOW"] = now + timedelta(minutes=31)

        late = client.post(
            f"{address}/decision",
            data=again | {"confirm_password": PASSWORD},
            headers={"Referer": f"http://localhost{address}/decision"},
        )

        assert late.status_code == 303
        assert reasons(session) == []
        data = {"email": cast.cfo.email, "password": PASSWORD, "next": address}
        arrived = client.post("/sign-in", data=data)
        assert arrived.headers["Location"] == address
        page = client.get(address)
        assert "Nothing was saved yet" in text(page)
        back = form_values(page, f"{address}/decision")
        assert back["reason"].split() == REASON.split()
        assert PASSWORD not in text(client.get("/account/typed"))


class TestPeople:
    def test_are_changed_only_with_it(
        self, cast: Cast, session: Session, signed_in: Callable[..., StrictClient]
    ) -> None:
        client = signed_in(cast.admin, STALE)
        address = f"/admin/people/{cast.viewer.id}/roles/grant"
        asked = client.post(address, data={"role": "cx_lead"})
        assert heading(asked) == ASKS
        answer = client.post(
            address, data=form_values(asked, address) | {"confirm_password": PASSWORD}
        )
        assert answer.status_code == 303
        given = session.scalars(
            select(RoleGrant.role).where(RoleGrant.person_id == cast.viewer.id)
        ).all()
        assert Role.CX_LEAD in given

    def test_are_added_with_a_password_that_is_typed_again(
        self, cast: Cast, signed_in: Callable[..., StrictClient]
    ) -> None:
        client = signed_in(cast.admin, STALE)
        address, secret = "/admin/people/new", "marble otter canyon lamp"
        typed = {"name": "Nia New", "email": "nia@waymark.test", "password": secret}
        asked = client.post(address, data=typed | {"roles": ["viewer", "cx_lead"]})
        assert secret not in asked.get_data(as_text=True)
        assert "Passwords you typed are not kept" in text(asked)
        form = form_values(asked, address) | {"confirm_password": PASSWORD}
        page = client.post(address, data=form)
        assert page.status_code == 422
        assert error_on(page, "First password")
        ticked = {box["value"] for box in page.soup.find_all("input", checked=True)}
        assert ticked == {"viewer", "cx_lead"}
