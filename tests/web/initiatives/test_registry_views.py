"""Saved views as people use them: save, come back to, share, and what is gone."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.initiatives.models import SavedView
from app.initiatives.services import remove_view, save_view, share_view
from tests.factories.accounts import Cast
from tests.factories.initiatives import NOW, Company, make_draft
from tests.support.client import StrictClient
from tests.support.pages import buttons, form_values, links, notice, table, text

ClientFor = Callable[[Person], StrictClient]
VIEWS = "/initiatives/views"


def _saved(session: Session, cast: Cast, query: str, *, shared: bool = False) -> SavedView:
    with transaction(session):
        view = save_view(session, "Mine", query, actor=cast.lead, now=NOW)
        if shared:
            share_view(session, view, expected_version=None, actor=cast.lead, now=NOW)
    return view


class TestSaveView:
    def test_keeps_what_the_page_shows_and_leads_back_to_it(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company)
        client = client_for(cast.lead)
        page = client.get("/initiatives?state=draft&sort=-title&columns=sponsor&page=1")

        answer = client.post(VIEWS, data=form_values(page, VIEWS) | {"name": "My drafts"})

        assert answer.status_code == 303
        back = client.get(answer.location)
        assert "The view “My drafts” is saved" in str(notice(back))
        assert links(back)["My drafts"].startswith("/initiatives?state=draft&sort=-title")
        assert table(back, "Initiatives").columns == ["Key", "Initiative", "Sponsor"]
        again = client.get(links(client.get("/initiatives"))["My drafts"])
        assert table(again, "Initiatives").columns == ["Key", "Initiative", "Sponsor"]
        assert len(again.queries) <= 12

    def test_refused_shows_the_name_with_the_reason(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        _saved(session, cast, "")
        client = client_for(cast.lead)
        form = form_values(client.get("/initiatives?state=draft"), VIEWS)

        answer = client.post(VIEWS, data=form | {"name": "mine"})

        assert answer.status_code == 422
        assert "You have a view “Mine” already" in text(answer)
        sent = form_values(answer, VIEWS)
        assert (sent["name"], sent["query"]) == ("mine", "state=draft")


class TestSavedView:
    def test_changed_offers_to_be_replaced(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        view = _saved(session, cast, "state=draft", shared=True)
        address = f"/initiatives?state=submitted&view={view.id}"
        client = client_for(cast.lead)
        mine, theirs = client.get(address), client_for(cast.viewer).get(address)

        assert "Replace “Mine” with this" in buttons(mine)
        assert "Replace “Mine” with this" not in buttons(theirs)
        place = f"{VIEWS}/{view.id}/replace"
        answer = client.post(place, data=form_values(mine, place))
        assert answer.location == f"/initiatives?state=submitted&view={view.id}"
        late = client.post(place, data=form_values(mine, place))
        assert late.status_code == 409
        assert "changed meanwhile" in text(late)

    def test_that_is_shared_says_by_whom(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        _saved(session, cast, "state=draft", shared=True)
        client = client_for(cast.viewer)
        assert "Mine · Lena Lead" in links(client.get("/initiatives"))
        row = table(client.get(VIEWS), "Saved views").row("Mine")
        assert row["Who sees it"] == "Shared by Lena Lead"
        assert "Rename" not in buttons(client.get(VIEWS))
        assert "Remove" not in buttons(client.get(VIEWS))
        assert "Remove" in buttons(client_for(cast.admin).get(VIEWS))

    def test_names_what_is_gone_and_shows_the_page_all_the_same(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company)
        view = _saved(session, cast, "state=nope&journey=old&sort=colour")
        client = client_for(cast.lead)

        page = client.get(links(client.get("/initiatives"))["Mine"])

        said = text(page)
        assert "The view “Mine” asks for something that is gone" in said
        assert "state “nope” does not exist" in said
        assert "journey “old” is gone" in said
        assert "no column “colour” to sort by" in said
        assert "No initiative fits" in said
        assert "journey “old” is gone" in text(client.get(VIEWS))
        with transaction(session):
            remove_view(session, view, expected_version=None, actor=cast.lead, now=NOW)
        gone = client.get(f"/initiatives?state=draft&view={view.id}")
        assert "The saved view of this address is gone" in text(gone)
        assert table(gone, "Initiatives").column("Key") == ["CX-101"]


class TestManaging:
    def test_renames_shares_and_removes(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        view = _saved(session, cast, "state=draft")
        client = client_for(cast.lead)

        def act(what: str, **typed: str) -> int:
            place = f"{VIEWS}/{view.id}/{what}"
            return client.post(
                place, data=form_values(client.get(VIEWS), place) | typed
            ).status_code

        assert act("rename", name="Drafts") == 303
        assert act("rename", name="") == 422
        assert act("share") == 303
        assert (
            table(client.get(VIEWS), "Saved views").row("Drafts")["Who sees it"] == "Shared by you"
        )
        assert act("unshare") == 303
        assert act("remove") == 303
        assert "No view yet" in text(client.get(VIEWS))
        assert client.post(f"{VIEWS}/{view.id}/remove").status_code == 404
