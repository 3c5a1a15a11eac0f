"""Cells of the registry changed in place, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.initiatives.rules import Action
from app.initiatives.services import edit_field, move_initiative
from tests.factories.accounts import Cast
from tests.factories.initiatives import NOW, Company, make_complete, make_draft, make_submitted
from tests.support.client import StrictClient
from tests.support.pages import form_values, links, notice, table, text

ClientFor = Callable[[Person], StrictClient]
HX = {"HX-Request": "true"}


class TestEditCell:
    def test_saves_one_field_and_leads_back_to_the_list_as_it_was(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
        client = client_for(cast.lead)
        page = client.get("/initiatives?sort=-title&columns=sponsor")
        place = page.soup.find("a", attrs={"aria-label": "Edit sponsor of CX-101"})["href"]
        assert place == "/initiatives/CX-101/cells/sponsor?sort=-title&columns=sponsor"

        form = form_values(client.get(place), place)
        answer = client.post(place, data=form | {"sponsor_id": str(cast.cfo.id)})

        assert answer.status_code == 303
        assert answer.location == f"/initiatives?sort=-title&columns=sponsor#i-{made.id}"
        after = client.get(answer.location)
        assert table(after, "Initiatives").row("CX-101")["Sponsor"].startswith("Carla Finance")
        assert "Sponsor of CX-101 is saved" in str(notice(after))

    def test_gives_scripts_the_row_alone(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company)
        client = client_for(cast.owner)
        place = "/initiatives/CX-101/cells/title?q=claim"
        form = form_values(client.get(place), place)

        answer = client.post(place, data=form | {"title": "Claim radar"}, headers=HX)

        assert answer.location == "/initiatives/CX-101/row?q=claim&saved=title"
        row = client.get(answer.location, headers=HX)
        assert table(row, "Initiative").row("CX-101")["Initiative"].startswith("Claim radar")
        assert row.soup.find(attrs={"data-focus": True})["aria-label"] == (
            "Edit initiative of CX-101"
        )
        assert notice(client.get("/initiatives")) is None

    def test_refused_keeps_what_was_typed_with_the_reason(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company)
        client = client_for(cast.lead)
        for column, name, typed, reason in (
            ("title", "title", " ", "Give the initiative a title."),
            ("start", "planned_start", "soon", "quarter"),
            ("start", "planned_start", "2019-Q1", "FY27"),
        ):
            place = f"/initiatives/CX-101/cells/{column}"
            form = form_values(client.get(place), place)
            answer = client.post(place, data=form | {name: typed})
            assert answer.status_code == 422
            assert reason in text(answer)
            assert form_values(answer, place)[name] == typed

    def test_shows_both_values_when_somebody_else_saved_first(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
        client, place = client_for(cast.lead), "/initiatives/CX-101/cells/title"
        form = form_values(client.get(place), place)
        with transaction(session):
            edit_field(
                session, made, "title", "Theirs", expected_version=None, actor=cast.owner, now=NOW
            )

        answer = client.post(place, data=form | {"title": "Mine"})

        assert answer.status_code == 409
        assert "Omar Owner changed CX-101 while you were writing" in text(answer)
        assert "Theirs, saved: “Theirs”. Yours, not saved: “Mine”." in text(answer)
        again = client.post(place, data=form_values(answer, place))
        assert again.status_code == 303
        assert "Mine" in text(client.get("/initiatives"))


class TestLock:
    def test_is_said_where_the_state_bars_changes(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_submitted(session, cast, company)
        client = client_for(cast.lead)
        page = client.get("/initiatives")
        lock = page.soup.find("a", attrs={"aria-label": "Why CX-101 can’t be changed"})
        assert lock["title"].startswith("It is with Finance.")
        assert page.soup.find("a", attrs={"aria-label": "Edit owner of CX-101"}) is None
        assert "ask Finance to return it" in text(client.get(lock["href"]))
        assert client.post(lock["href"], data={"title": "Mine", "version": "1"}).status_code == 409

    def test_that_came_meanwhile_keeps_what_was_typed(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)
        client, place = client_for(cast.lead), "/initiatives/CX-101/cells/title"
        form = form_values(client.get(place), place)
        with transaction(session):
            move_initiative(
                session, made, Action.SUBMIT, expected_version=None, actor=cast.lead, now=NOW
            )

        answer = client.post(place, data=form | {"title": "Too late"})

        assert answer.status_code == 409
        assert "You typed “Too late”; it was not saved." in text(answer)

    def test_stands_before_who_neither_owns_nor_leads(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company)
        page = client_for(cast.manager).get("/initiatives")
        lock = page.soup.find("a", attrs={"aria-label": "Why CX-101 can’t be changed"})
        assert lock["title"] == "Only its owner, who proposed it, or a CX lead can change it."
        assert page.soup.select(".cell-edit") == [lock]
        assert client_for(cast.viewer).get("/initiatives").soup.select(".cell-edit") == []


def test_a_column_that_is_worked_out_has_no_field(
    client_for: ClientFor, session: Session, cast: Cast, company: Company
) -> None:
    with transaction(session):
        make_draft(session, cast, company)
    assert client_for(cast.lead).get("/initiatives/CX-101/cells/cost").status_code == 404
    assert "CX-101" in links(client_for(cast.lead).get("/initiatives/CX-101/row"))
