"""The own account: what somebody may do, password, sessions and appearance."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person, SignInSession
from app.accounts.rules.digests import DigestRhythm
from app.accounts.services import token_hash
from app.db.session import transaction
from tests.factories.accounts import PASSWORD, Cast, make_person
from tests.support.client import StrictClient
from tests.support.pages import buttons, error_on, heading, links, table, text

GOOD = "marble otter canyon lamp"
ClientFor = Callable[[Person], StrictClient]


class TestAccount:
    def test_shows_roles_and_sessions(self, cast: Cast, client_for: ClientFor) -> None:
        client_for(cast.cfo)
        page = client_for(cast.cfo).get("/account")
        assert heading(page) == "Your account"
        assert "Finance" in text(page)
        browsers = table(page, "Sessions").first_column()
        assert len(browsers) == 2
        assert sum("this browser" in name for name in browsers) == 1

    def test_is_open_to_people_without_a_role(
        self, session: Session, cast: Cast, client_for: ClientFor
    ) -> None:
        with transaction(session):
            newcomer = make_person(session, "Nora Newcomer")
        client = client_for(newcomer)
        page = client.get("/account")
        assert "None yet" in text(page)
        assert not {"Audit", "People"} & links(page).keys()
        refused = client.get("/admin/people")
        assert refused.status_code == 403
        assert heading(refused) == "You may not do this"
        assert "This takes the role Admin; you have no role yet." in text(refused)
        page = client_for(cast.lead).get("/audit")
        assert "This takes the role Finance or Admin; your role is CX lead." in text(page)


class TestNewPassword:
    def test_keeps_this_browser_and_ends_the_others(
        self, cast: Cast, client_for: ClientFor, client: StrictClient
    ) -> None:
        here, elsewhere = client_for(cast.lead), client_for(cast.lead)
        response = here.post("/account/password", data={"current": PASSWORD, "new": GOOD})
        assert response.status_code == 303
        assert here.get("/account").status_code == 200
        assert elsewhere.get("/account").status_code == 303
        data = {"email": cast.lead.email, "password": GOOD}
        assert client.post("/sign-in", data=data).status_code == 303

    def test_says_at_the_field_what_is_wrong(self, cast: Cast, client_for: ClientFor) -> None:
        client = client_for(cast.lead)
        page = client.post("/account/password", data={"current": PASSWORD, "new": "short"})
        assert page.status_code == 422
        assert "15 characters" in (error_on(page, "New password") or "")
        page = client.post("/account/password", data={"current": "wrong", "new": GOOD})
        assert page.status_code == 422
        assert error_on(page, "Current password") == "This is not your current password."
        assert "wrong" not in page.get_data(as_text=True)


class TestEndSessions:
    def test_leaves_only_this_browser(
        self, cast: Cast, client_for: ClientFor, session: Session
    ) -> None:
        here, elsewhere = client_for(cast.lead), client_for(cast.lead)
        other = client_for(cast.cfo)
        assert here.post("/account/sessions/end").status_code == 303
        assert here.get("/account").status_code == 200
        assert elsewhere.get("/account").status_code == 303
        assert other.get("/account").status_code == 200
        kept = session.scalars(select(SignInSession).where(SignInSession.person_id == cast.lead.id))
        assert len(kept.all()) == 1


class TestEndOneSession:
    def test_ends_that_browser_and_no_other(
        self, cast: Cast, client_for: ClientFor, session: Session
    ) -> None:
        here, lost, third = (client_for(cast.lead) for _ in range(3))
        by_token = {row.token_hash: row.id for row in session.scalars(select(SignInSession))}
        with lost.session_transaction() as cookie:
            lost_id = by_token[token_hash(cookie["sign_in"])]
        page = here.get("/account")
        assert list(buttons(page)).count("Sign out") >= 1
        assert here.post(f"/account/sessions/{lost_id}/end").status_code == 303
        assert lost.get("/account").status_code == 303
        assert third.get("/account").status_code == here.get("/account").status_code == 200
        assert here.post(f"/account/sessions/{lost_id}/end").status_code == 404

    def test_reaches_only_ones_own(
        self, cast: Cast, client_for: ClientFor, session: Session
    ) -> None:
        mine = client_for(cast.lead)
        theirs = client_for(cast.cfo)
        query = select(SignInSession.id).where(SignInSession.person_id == cast.cfo.id)
        number = session.scalars(query).one()
        assert mine.post(f"/account/sessions/{number}/end").status_code == 404
        assert theirs.get("/account").status_code == 200


class TestSetTheme:
    def test_is_kept_and_leads_back(self, cast: Cast, client_for: ClientFor) -> None:
        client = client_for(cast.cfo)
        response = client.post("/account/theme", data={"theme": "dark", "next": "/audit?page=1"})
        assert (response.status_code, response.headers["Location"]) == (303, "/audit?page=1")
        assert 'data-theme="dark"' in client.get("/audit").get_data(as_text=True)

    def test_leads_to_no_other_site(self, cast: Cast, client_for: ClientFor) -> None:
        data = {"theme": "light", "next": "https://evil.test"}
        response = client_for(cast.cfo).post("/account/theme", data=data)
        assert response.headers["Location"] == "/account"
        assert client_for(cast.cfo).post("/account/theme", data={"theme": "x"}).status_code == 422


class TestSetDigest:
    def test_is_off_until_somebody_asks_for_it(
        self, session: Session, cast: Cast, client_for: ClientFor
    ) -> None:
        client = client_for(cast.lead)
        assert session.get_one(Person, cast.lead.id).digest is DigestRhythm.OFF
        assert client.post("/account/digest", data={"digest": "weekly"}).status_code == 303
        session.expire_all()
        assert session.get_one(Person, cast.lead.id).digest is DigestRhythm.WEEKLY

    def test_refuses_what_is_no_choice(self, cast: Cast, client_for: ClientFor) -> None:
        refused = client_for(cast.lead).post("/account/digest", data={"digest": "hourly"})
        assert refused.status_code == 422
