"""A bulk edit as people make it: tick, look at every row, decide, undo."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.initiatives.services import edit_field
from tests.factories.accounts import Cast
from tests.factories.initiatives import NOW, Company, make_complete, make_draft, make_submitted
from tests.support.client import StrictClient
from tests.support.pages import buttons, form_values, heading, notice, table, text

ClientFor = Callable[[Person], StrictClient]
BULK = "/initiatives/bulk"


def _three(session: Session, cast: Cast, company: Company) -> list[int]:
    with transaction(session):
        made = [
            make_draft(session, cast, company, title="Ape"),
            make_complete(session, cast, company, title="Bee"),
            make_submitted(session, cast, company, title="Cat"),
        ]
    return [one.id for one in made]


class TestPreview:
    def test_shows_every_row_from_what_to_what_or_why_it_stays(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        ids = _three(session, cast, company)
        client = client_for(cast.lead)
        page = client.get("/initiatives?unit=Claims")
        assert {"Change ticked", "Change all 3"} <= buttons(page).keys()

        asked = client.get(f"{BULK}?unit=Claims&all=1&pick={ids[0]}&change=unit")
        assert heading(asked) == "Change 3 initiatives"
        shown = client.get(f"{BULK}?unit=Claims&all=1&change=unit&to-unit=Sales")

        rows = table(shown, "Preview")
        assert (rows.row("CX-101")["Now"], rows.row("CX-101")["Then"]) == ("Claims", "Sales")
        assert rows.row("CX-103")["Then"] == "Stays"
        assert rows.row("CX-103")["Why it stays"].startswith("It is with Finance.")
        assert "2 change, 1 stay as they are" in text(shown)
        assert "Change 2 initiatives" in buttons(shown)
        assert len(shown.queries) <= 12
        staying = client.get(f"{BULK}?all=1&change=unit&to-unit=Sales&show=staying")
        assert table(staying, "Preview").column("Key") == ["CX-103"]

    def test_asks_for_what_is_missing(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        _three(session, cast, company)
        client = client_for(cast.lead)
        assert "Nothing is selected" in text(client.get(BULK))
        late = client.get(f"{BULK}?all=1&change=start&to-planned_start=soon")
        assert "quarter" in text(late).lower()
        assert "Preview" not in [one.get_text() for one in late.soup.find_all("h2")]
        assert "Give the reason" in text(client.get(f"{BULK}?all=1&change=withdraw"))
        assert "Choose a change" in text(client.get(f"{BULK}?all=1&change=certify"))


class TestChangeMany:
    def test_changes_the_ticked_and_is_undone_from_its_page(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        ids = _three(session, cast, company)
        client = client_for(cast.lead)
        place = f"{BULK}?pick={ids[0]}&pick={ids[1]}&change=sponsor&to-sponsor_id={cast.cfo.id}"

        answer = client.post(BULK, data=form_values(client.get(place), BULK))

        assert answer.status_code == 303
        done = client.get(answer.location)
        assert "2 initiatives are changed now" in str(notice(done))
        assert table(done, "Changed together").column("Sponsor now") == ["Carla Finance"] * 2
        undo = f"{answer.location}/undo"
        assert client.post(undo, data=form_values(done, undo)).status_code == 303
        after = table(client.get("/initiatives?columns=sponsor"), "Initiatives")
        assert after.row("CX-102")["Sponsor"].startswith("Mina Manager")
        assert "This bulk edit is undone already." in text(client.get(answer.location))
        assert client_for(cast.manager).get(answer.location).status_code == 404

    def test_moves_all_that_match(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        _three(session, cast, company)
        client = client_for(cast.lead)
        place = f"{BULK}?all=1&q=bee&change=submit"

        answer = client.post(BULK, data=form_values(client.get(place), BULK))

        assert answer.location == "/initiatives?q=bee"
        page = client.get(answer.location)
        assert "1 initiative is submitted now" in str(notice(page))
        assert table(page, "Initiatives").row("CX-102")["State"] == "Submitted"

    def test_changes_nothing_when_one_changed_meanwhile_and_says_which(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        _three(session, cast, company)
        client = client_for(cast.lead)
        place = f"{BULK}?all=1&q=ape&change=unit&to-unit=Sales"
        form = form_values(client.get(place), BULK)
        with transaction(session):
            edit_field(
                session, make_draft(session, cast, company, title="Ape again"), "title", "Ape two",
                expected_version=None, actor=cast.lead, now=NOW,
            )  # fmt: skip

        answer = client.post(BULK, data=form)

        assert answer.status_code == 409
        assert "Since the preview CX-104 fit only now." in text(answer)
        assert table(answer, "Preview").column("Key") == ["CX-101", "CX-104"]
        assert client.post(BULK, data=form_values(answer, BULK)).status_code == 303
        assert client.post(BULK, data=form | {"seen": "nonsense"}).status_code == 422
