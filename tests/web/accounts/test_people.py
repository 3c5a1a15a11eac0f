"""Admins manage people on the people pages, and can't give themselves the power over money."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person, SignInSession
from app.accounts.rules import Role
from app.audit.models import AuditEvent
from app.db.session import transaction
from tests.factories.accounts import Cast, make_person
from tests.support.client import StrictClient
from tests.support.pages import buttons, error_on, heading, notice, table, text, value_of

GOOD = "marble otter canyon lamp"
ClientFor = Callable[[Person], StrictClient]


class TestPeople:
    def test_lists_everybody_with_roles_and_state(self, cast: Cast, client_for: ClientFor) -> None:
        page = client_for(cast.admin).get("/admin/people")
        row = table(page, "People").row("Carla Finance")
        assert (row["Roles"], row["State"]) == ("Finance", "Active")
        assert len(page.queries) <= 12


class TestAddPerson:
    def test_adds_somebody_who_can_sign_in(
        self, cast: Cast, client_for: ClientFor, client: StrictClient
    ) -> None:
        data = {"name": "Nia New", "email": "nia@waymark.test", "password": GOOD}
        response = client_for(cast.admin).post(
            "/admin/people/new", data=data | {"roles": ["viewer", "cx_lead"]}
        )
        assert response.status_code == 303
        page = client_for(cast.admin).get(response.headers["Location"])
        assert table(page, "Roles").first_column() == ["CX lead", "Viewer"]
        assert "has to change it" in text(page)
        signed_in = client.post("/sign-in", data={"email": "nia@waymark.test", "password": GOOD})
        assert signed_in.status_code == 303

    def test_keeps_what_was_typed_when_it_is_refused(
        self, cast: Cast, client_for: ClientFor
    ) -> None:
        data = {"name": "Nia New", "email": cast.lead.email, "password": GOOD, "roles": "viewer"}
        page = client_for(cast.admin).post("/admin/people/new", data=data)
        assert page.status_code == 422
        assert "exists already" in (error_on(page, "E-mail address") or "")
        assert value_of(page, "Name") == "Nia New"
        ticked = page.soup.find_all("input", checked=True)
        assert [box["value"] for box in ticked] == ["viewer"]
        assert GOOD not in page.get_data(as_text=True)

    def test_refuses_a_role_that_does_not_exist(self, cast: Cast, client_for: ClientFor) -> None:
        data = {"name": "N", "email": "n@waymark.test", "password": GOOD, "roles": "god"}
        assert client_for(cast.admin).post("/admin/people/new", data=data).status_code == 422


class TestRoles:
    def test_over_money_wait_for_a_second_admin_and_the_page_says_so(
        self, session: Session, cast: Cast, client_for: ClientFor
    ) -> None:
        with transaction(session):
            second = make_person(session, "Sara Second", Role.ADMIN)
        address = f"/admin/people/{cast.viewer.id}"
        client = client_for(cast.admin)
        assert client.post(f"{address}/roles/grant", data={"role": "finance"}).status_code == 303
        page = client_for(cast.admin).get(address)
        assert table(page, "Roles").row("Finance")["State"] == "waits for a second admin"
        assert buttons(page)["Confirm"] is False
        assert "another admin has to confirm it" in text(page)
        refused = client_for(cast.admin).post(f"{address}/roles/confirm", data={"role": "finance"})
        assert refused.status_code == 403
        assert "another admin" in (notice(refused) or "")
        confirmed = client_for(second).post(f"{address}/roles/confirm", data={"role": "finance"})
        assert confirmed.status_code == 303
        page = client_for(second).get(address)
        assert table(page, "Roles").row("Finance")["State"] == "in force"

    def test_over_money_and_people_are_never_one_persons(
        self, cast: Cast, client_for: ClientFor
    ) -> None:
        client = client_for(cast.admin)
        refused = client.post(
            f"/admin/people/{cast.admin.id}/roles/grant", data={"role": "finance"}
        )
        assert refused.status_code == 409
        assert "never held by one person" in (notice(refused) or "")

    def test_of_the_last_admin_stay(self, cast: Cast, client_for: ClientFor) -> None:
        address = f"/admin/people/{cast.admin.id}"
        client = client_for(cast.admin)
        refused = client.post(f"{address}/roles/withdraw", data={"role": "admin"})
        assert refused.status_code == 409
        assert "last admin" in (notice(refused) or "")
        assert client.post(f"{address}/deactivate").status_code == 409

    def test_withdrawn_close_the_page_at_once(self, cast: Cast, client_for: ClientFor) -> None:
        cfo = client_for(cast.cfo)
        assert cfo.get("/audit").status_code == 200
        client_for(cast.admin).post(
            f"/admin/people/{cast.cfo.id}/roles/withdraw", data={"role": "finance"}
        )
        assert cfo.get("/audit").status_code == 303


class TestNewPasswordFor:
    def test_is_shown_once_and_works(
        self, cast: Cast, client_for: ClientFor, client: StrictClient
    ) -> None:
        page = client_for(cast.admin).post(f"/admin/people/{cast.lead.id}/reset-password")
        password = page.soup.find(role="status").find("code").text
        again = client_for(cast.admin).get(f"/admin/people/{cast.lead.id}")
        assert password not in text(again)
        data = {"email": cast.lead.email, "password": password}
        assert client.post("/sign-in", data=data).status_code == 303

    def test_opens_only_the_account_until_it_is_changed(
        self, cast: Cast, client_for: ClientFor, client: StrictClient
    ) -> None:
        page = client_for(cast.admin).post(f"/admin/people/{cast.cfo.id}/reset-password")
        password = page.soup.find(role="status").find("code").text
        assert "waits for a second admin" in text(page)
        assert "There is no other yet" in text(page)
        assert "flask --app wsgi people create-admin" in text(page)
        data = {"email": cast.cfo.email, "password": password, "next": "/audit"}
        arrived = client.post("/sign-in", data=data)
        assert arrived.headers["Location"] == "/account"
        assert "Change your password first" in text(client.get("/account"))
        assert client.get("/").headers["Location"] == "/account"
        refused = client.post("/cycles", data={})
        assert refused.status_code == 403
        assert "until you have changed it" in text(refused)
        data = {"current": password, "new": GOOD}
        assert client.post("/account/password", data=data).status_code == 303
        account = text(client.get("/account"))
        assert "Change your password first" not in account
        assert "Finance (waits for a second admin)" in account
        assert client.get("/audit").status_code == 403, "the role waits for a second admin"


class TestSessionsOf:
    def test_are_seen_and_ended_one_or_all(
        self, cast: Cast, client_for: ClientFor, session: Session
    ) -> None:
        admin = client_for(cast.admin)
        first, second, third = (client_for(cast.lead) for _ in range(3))
        address = f"/admin/people/{cast.lead.id}"
        assert len(table(admin.get(address), "Sessions").rows) == 3
        query = select(SignInSession.id).where(SignInSession.person_id == cast.lead.id)
        number = session.scalars(query.order_by(SignInSession.id)).first()
        other = f"/admin/people/{cast.viewer.id}/sessions/{number}/end"
        assert admin.post(other).status_code == 404
        assert admin.post(f"{address}/sessions/{number}/end").status_code == 303
        statuses = [client.get("/account").status_code for client in (first, second, third)]
        assert statuses == [303, 200, 200]
        assert admin.post(f"{address}/sessions/end").status_code == 303
        assert {client.get("/account").status_code for client in (second, third)} == {303}
        assert admin.get(address).status_code == 200
        events = session.scalars(select(AuditEvent).where(AuditEvent.action.like("%ended"))).all()
        assert [one.actor for one in events] == [f"person:{cast.admin.id}"] * 2


class TestMissingPeople:
    def test_are_not_there(self, cast: Cast, client_for: ClientFor) -> None:
        client = client_for(cast.admin)
        for number in ("0", "99999", "99999999999999999999", "-1", "x"):
            page = client.get(f"/admin/people/{number}")
            assert page.status_code == 404
            assert heading(page) == "There is nothing here"
        assert client.post("/admin/people/99999/deactivate").status_code == 404
